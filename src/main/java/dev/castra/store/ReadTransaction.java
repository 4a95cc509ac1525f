package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/** Reads of one moment, begun anew if the database changes hands in their midst. */
final class ReadTransaction {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private ReadTransaction() {}

  /** One reading of the database; safe to repeat. */
  interface Reading<T> {
    T from(Connection connection) throws SQLException;
  }

  /**
   * Empty if there is no record yet. Blocks up to 20 s while the database changes hands.
   *
   * @throws CastraException if the database is damaged, lost its content, or is too new
   */
  static <T> Optional<T> read(StateRoot root, Ticker ticker, Reading<T> reading) {
    return RecordReads.of(root, ticker).read(reading);
  }

  /** The same on another way to the record. */
  static <T> Optional<T> read(
      StateRoot root, Ticker ticker, RecordReads.Way way, Reading<T> reading) {
    Deadline deadline = Deadline.after(ticker, PATIENCE);
    Backoff backoff = new Backoff(Duration.ofMillis(2), Duration.ofMillis(50));
    while (true) {
      try {
        return once(way, reading);
      } catch (SQLException e) {
        if (deadline.passed() || !Database.isRepeatable(e)) {
          throw DatabaseTrouble.translate(root.databaseFile(), e);
        }
        pause(root, backoff, deadline, e);
      }
    }
  }

  private static <T> Optional<T> once(RecordReads.Way way, Reading<T> reading) throws SQLException {
    Optional<Connection> connection = way.open();
    if (connection.isEmpty()) {
      return Optional.empty();
    }
    try (Connection open = connection.get()) {
      holdStill(open);
      return Optional.of(reading.from(open));
    }
  }

  /** Lets all that follows see the same moment, whatever is committed meanwhile. */
  private static void holdStill(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SNAPSHOT");
    }
  }

  private static void pause(
      StateRoot root, Backoff backoff, Deadline deadline, SQLException cause) {
    try {
      backoff.pause(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DatabaseTrouble.translate(root.databaseFile(), cause);
    }
  }
}
