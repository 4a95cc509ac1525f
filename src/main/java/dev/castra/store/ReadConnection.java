package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.h2.Driver;

/**
 * A connection for commands that only look: no pool, no jOOQ, no migration, nothing created. Goes
 * through the owner of the database if there is one, else opens the file for a moment.
 */
final class ReadConnection {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int ALREADY_OPEN = 90020;

  private ReadConnection() {}

  /**
   * Opens the database, or returns empty if there is no record yet. Blocks up to 10 s while another
   * process is between opening and serving it. A database of an older Castra is migrated first,
   * which is the one thing that a reader changes.
   *
   * @throws CastraException if the database lost its content, or is too new
   */
  static Optional<Connection> open(StateRoot root, Ticker ticker) throws SQLException {
    Optional<Connection> found = connect(root, ticker);
    if (found.isEmpty()) {
      Migrations.refuseLostRecord(root);
      return found;
    }
    Connection connection = found.get();
    OptionalInt version;
    try {
      version = Migrations.version(connection);
      Migrations.requireKnown(version, root.database());
      if (version.isPresent() && version.getAsInt() == SchemaVersion.CURRENT) {
        return found;
      }
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
    connection.close();
    if (version.isEmpty()) {
      Migrations.refuseLostRecord(root);
      return Optional.empty();
    }
    Database.open(root, ticker).close();
    return connect(root, ticker);
  }

  /**
   * The record as it is, of whatever schema version; every connection of it sees one moment.
   *
   * @throws CastraException when connecting, if there is no record
   */
  static RecordSource source(StateRoot root, Ticker ticker) {
    return new RecordSource(() -> connect(root, ticker).orElseThrow(() -> noRecord(root)));
  }

  /** False if nothing was ever recorded. */
  static boolean exists(StateRoot root, Ticker ticker) throws SQLException {
    Optional<Connection> found = connect(root, ticker);
    if (found.isEmpty()) {
      Migrations.refuseLostRecord(root);
      return false;
    }
    try (Connection connection = found.get()) {
      return Migrations.version(connection).isPresent();
    }
  }

  static CastraException noRecord(StateRoot root) {
    return new CastraException(
        ErrorCode.DATABASE,
        "There is no record under `" + root.path() + "` yet.",
        "`castra up` begins one; `castra db restore` brings one back.");
  }

  private static Optional<Connection> connect(StateRoot root, Ticker ticker) throws SQLException {
    Deadline deadline = Deadline.after(ticker, PATIENCE);
    Deadline upgraded = Deadline.after(ticker, Successor.LONGEST);
    Backoff backoff = new Backoff(Duration.ofMillis(2), Duration.ofMillis(50));
    while (true) {
      Optional<DatabaseServer.Announcement> owner =
          DatabaseServer.Announcement.read(root.databaseServer());
      if (owner.isEmpty() && holdsNothing(root)) {
        return Optional.empty();
      }
      if (owner.isEmpty()) {
        requireReadable(root);
      }
      try {
        return Optional.of(open(root, owner));
      } catch (SQLException e) {
        boolean handover = e.getErrorCode() == ALREADY_OPEN || Database.isRepeatable(e);
        boolean late = deadline.passed() && (upgraded.passed() || !Successor.isUnderWay(root));
        if (!handover || late) {
          throw e;
        }
        pause(backoff, upgraded, e);
      }
    }
  }

  private static void requireReadable(StateRoot root) {
    try {
      DatabaseFile.requireReadable(root.databaseFile());
    } catch (IOException e) {
      throw DatabaseTrouble.unreadable(root.databaseFile(), e);
    }
  }

  private static boolean holdsNothing(StateRoot root) {
    try {
      return DatabaseFile.holdsNothing(root.databaseFile());
    } catch (IOException e) {
      throw DatabaseTrouble.unreadable(root.databaseFile(), e);
    }
  }

  private static Connection open(StateRoot root, Optional<DatabaseServer.Announcement> owner)
      throws SQLException {
    String url =
        owner.isPresent()
            ? DatabaseUrl.server(owner.get().port(), owner.get().key())
            : DatabaseUrl.reader(root.database());
    // Not through DriverManager, which first looks for every driver there is.
    Properties login = new Properties();
    login.setProperty("user", DatabaseUrl.USER);
    login.setProperty("password", DatabaseUrl.PASSWORD);
    try {
      return Driver.load().connect(url, login);
    } catch (SQLException e) {
      throw DatabaseTrouble.opening(e);
    }
  }

  private static void pause(Backoff backoff, Deadline deadline, SQLException cause)
      throws SQLException {
    try {
      backoff.pause(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cause;
    }
  }
}
