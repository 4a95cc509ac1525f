package dev.castra.store;

import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.nio.file.Files;
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
   * Opens the database, or returns empty if there is none yet. Blocks up to 10 s while another
   * process is between opening and serving it.
   */
  static Optional<Connection> open(StateRoot root, Ticker ticker) throws SQLException {
    Deadline deadline = Deadline.after(ticker, PATIENCE);
    Backoff backoff = new Backoff(Duration.ofMillis(2), Duration.ofMillis(50));
    SQLException last = null;
    while (Files.exists(root.databaseFile()) || Files.exists(root.databaseServer())) {
      try {
        return Optional.of(openOnce(root));
      } catch (SQLException e) {
        boolean handover = e.getErrorCode() == ALREADY_OPEN || Database.isRepeatable(e);
        if (!handover || deadline.passed()) {
          throw e;
        }
        last = e;
      }
      pause(backoff, deadline, last);
    }
    return Optional.empty();
  }

  private static Connection openOnce(StateRoot root) throws SQLException {
    Optional<DatabaseServer.Announcement> owner =
        DatabaseServer.Announcement.read(root.databaseServer());
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
