package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends a statement when its time is over, even while its reader waits for something else, such as a
 * pager: an open result takes the room of a copy of the record.
 */
final class StatementWatch implements AutoCloseable {
  private final Connection connection;
  private final Statement statement;
  private final ScheduledThreadPoolExecutor clock;
  private volatile boolean overdue;
  private volatile boolean cancelled;

  StatementWatch(Connection connection, Statement statement, Duration limit) {
    this.connection = connection;
    this.statement = statement;
    this.clock =
        new ScheduledThreadPoolExecutor(
            1, StatementWatch::daemon, new ThreadPoolExecutor.DiscardPolicy());
    clock.schedule(this::expire, limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "castra-statement-watch");
    thread.setDaemon(true);
    return thread;
  }

  private void expire() {
    overdue = true;
    stop();
  }

  /** Does not wait for the end. */
  void cancel() {
    cancelled = true;
    clock.execute(this::stop);
  }

  private void stop() {
    try {
      statement.cancel();
      connection.close();
    } catch (SQLException alreadyAtItsEnd) {
      // Then there is nothing to stop.
    }
  }

  /** Whether the statement should have ended by now. */
  boolean stopped() {
    return overdue || cancelled;
  }

  /** What to say of one that was stopped and goes on. */
  CastraException ignored(Duration limit) {
    return new CastraException(
        cancelled ? ErrorCode.INTERRUPTED : ErrorCode.STATEMENT_TIMEOUT,
        cancelled
            ? "The statement was cancelled, but one value of it is still being computed."
            : "The statement did not end within "
                + StatementTrouble.words(limit)
                + ", and one value of it is still being computed.",
        "That goes on until this castra ends. Ask for less, such as a simpler pattern.");
  }

  /**
   * @throws CastraException if the statement failed because this stopped it
   */
  void throwIfStopped(Duration limit, SQLException failure) {
    if (cancelled) {
      throw StatementTrouble.cancelled(failure);
    }
    if (overdue || failure.getErrorCode() == StatementTrouble.CANCELED) {
      throw StatementTrouble.late(limit, failure);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
