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

/**
 * A connection for commands that only look: no pool, no jOOQ, no migration, nothing created. Goes
 * through the owner of the database if there is one, else opens the file for a moment.
 */
final class ReadConnection {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How long an owner may be silent while it counts or copies all there is. */
  private static final Duration WHOLE_RECORD = Duration.ofMinutes(10);

  private static final int ALREADY_OPEN = 90020;

  private ReadConnection() {}

  /** Connects over the owner of the database, or to its file if there is none. */
  private interface Door {
    Connection open(Optional<DatabaseServer.Announcement> owner) throws SQLException;
  }

  /**
   * Opens the database, or returns empty if there is no record yet. Blocks up to 10 s while another
   * process is between opening and serving it. A database of an older Castra is migrated first,
   * which is the one thing that a reader changes.
   *
   * @throws CastraException if the database lost its content, or is too new
   */
  static Optional<Connection> open(StateRoot root, Ticker ticker) throws SQLException {
    return open(root, ticker, owner -> open(root, owner));
  }

  /**
   * The same for statements of users: a copy that only this process has, as a user of the database
   * that may only look.
   *
   * @param longest how long the owner of the database may take to copy it
   * @param wanted asked while it is copied; what it throws ends that
   * @throws CastraException if the database lost its content, or is too new
   */
  static Optional<Connection> openForStatements(
      StateRoot root, Ticker ticker, Duration longest, Runnable wanted) throws SQLException {
    Door door = owner -> openForStatements(root, owner, longest, wanted);
    try {
      return open(root, ticker, door);
    } catch (SQLException e) {
      if (e.getErrorCode() != DatabaseUrl.WRONG_LOGIN) {
        throw e;
      }
    }
    restoreReader(root, ticker);
    return open(root, ticker, door);
  }

  /** An older Castra did not know that user; and a statement can change its own password. */
  private static void restoreReader(StateRoot root, Ticker ticker) {
    try (Database database = Database.open(root, ticker)) {
      String password = " PASSWORD '" + DatabaseUrl.READER_PASSWORD + "'";
      database.transaction(
          sql ->
              sql.execute("CREATE USER IF NOT EXISTS " + DatabaseUrl.READER + password)
                  + sql.execute("ALTER USER " + DatabaseUrl.READER + " SET" + password)
                  + sql.execute("GRANT SELECT ON SCHEMA PUBLIC TO " + DatabaseUrl.READER));
    }
  }

  private static Optional<Connection> open(StateRoot root, Ticker ticker, Door door)
      throws SQLException {
    Optional<FileTraces> file = FileTraces.of(root.databaseFile());
    Optional<Connection> found = connect(root, ticker, door);
    if (found.isEmpty()) {
      Migrations.refuseLostRecord(root);
      return found;
    }
    Connection connection = found.get();
    OptionalInt version;
    try {
      version = Migrations.version(connection);
      Migrations.requireKnown(connection, root.database());
      if (version.isPresent() && version.getAsInt() == SchemaVersion.CURRENT) {
        DatabaseFile.remember(file);
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
    return connect(root, ticker, door);
  }

  /**
   * The record as it is, of whatever schema version; every connection of it sees one moment.
   *
   * @throws CastraException when connecting, if there is no record
   */
  static RecordSource source(StateRoot root, Ticker ticker) {
    return new RecordSource(
        () ->
            connect(root, ticker, owner -> openForAll(root, owner))
                .orElseThrow(() -> noRecord(root)));
  }

  /**
   * False if nothing was ever recorded.
   *
   * @throws CastraException if the database lost its content, or is too new
   */
  static boolean exists(StateRoot root, Ticker ticker) throws SQLException {
    Optional<Connection> found = connect(root, ticker);
    if (found.isEmpty()) {
      Migrations.refuseLostRecord(root);
      return false;
    }
    try (Connection connection = found.get()) {
      Migrations.requireKnown(connection, root.database());
      return Migrations.version(connection).isPresent();
    }
  }

  /** Says that there is no record, or that there was one. */
  static CastraException noRecord(StateRoot root) {
    Migrations.refuseLostRecord(root);
    return new CastraException(
        ErrorCode.DATABASE,
        "There is no record under `" + root.path() + "` yet.",
        "`castra up` begins one; `castra db restore` brings one back.");
  }

  private static Optional<Connection> connect(StateRoot root, Ticker ticker) throws SQLException {
    return connect(root, ticker, owner -> open(root, owner));
  }

  private static Optional<Connection> connect(StateRoot root, Ticker ticker, Door door)
      throws SQLException {
    LeftOpenDatabases.closeUnused(root.databaseFile());
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
        return Optional.of(door.open(owner));
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
    return DatabaseUrl.open(url);
  }

  /** An owner that does not answer at all is given up as soon as by everybody else. */
  private static Connection openForAll(StateRoot root, Optional<DatabaseServer.Announcement> owner)
      throws SQLException {
    Connection first = open(root, owner);
    if (owner.isEmpty()) {
      return first;
    }
    first.close();
    String url = DatabaseUrl.server(owner.get().port(), owner.get().key(), WHOLE_RECORD);
    return DatabaseUrl.open(url);
  }

  /** A statement may need any amount of time and memory, and H2 ends with the process's memory. */
  private static Connection openForStatements(
      StateRoot root,
      Optional<DatabaseServer.Announcement> owner,
      Duration longest,
      Runnable wanted)
      throws SQLException {
    return RecordCopy.open(
        root,
        owner,
        longest,
        wanted,
        database -> {
          try (Connection first = DatabaseUrl.open(DatabaseUrl.copy(database))) {
            return DatabaseUrl.openAsReader(DatabaseUrl.copyOfStatements(database));
          }
        });
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
