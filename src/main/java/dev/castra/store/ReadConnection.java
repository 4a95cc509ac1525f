package dev.castra.store;

import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
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
   * Opens the database, or returns empty if it holds nothing yet. Blocks up to 10 s while another
   * process is between opening and serving it.
   */
  static Optional<Connection> open(StateRoot root, Ticker ticker) throws SQLException {
    Deadline deadline = Deadline.after(ticker, PATIENCE);
    Backoff backoff = new Backoff(Duration.ofMillis(2), Duration.ofMillis(50));
    while (true) {
      Optional<DatabaseServer.Announcement> owner =
          DatabaseServer.Announcement.read(root.databaseServer());
      if (owner.isEmpty() && holdsNothing(root)) {
        return Optional.empty();
      }
      try {
        return Optional.of(open(root, owner));
      } catch (SQLException e) {
        boolean handover = e.getErrorCode() == ALREADY_OPEN || Database.isRepeatable(e);
        if (!handover || deadline.passed()) {
          throw e;
        }
        pause(backoff, deadline, e);
      }
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
    return Driver.load().connect(url, login);
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
