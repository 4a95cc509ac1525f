package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements of users, each on a copy of the record, so that nobody at work has to share time,
 * memory or locks with it. That they only read is seen to by the database: its user may do nothing
 * but SELECT, and a statement that is no query is refused before it runs. One statement at a time;
 * {@link #cancel} may be called by any thread.
 */
public final class StatementReader {
  private static final int LOOK_EVERY_MS = 100;

  /** Looks at a statement that was stopped, and computes all the same, before it is given up. */
  private static final int LOOKS = 20;

  private final StateRoot root;
  private final Ticker ticker;
  private final AtomicReference<@Nullable StatementEnd> current = new AtomicReference<>();

  public StatementReader(StateRoot root, Ticker ticker) {
    this.root = root;
    this.ticker = ticker;
  }

  /** Takes rows as they arrive. */
  public interface Rows {
    /** Called once, before the first row. */
    void begin(List<String> columns);

    /**
     * @param values see {@link StatementValues}
     * @return false if nobody wants more
     */
    boolean row(List<@Nullable Object> values);
  }

  /**
   * Runs one statement and hands over its rows. Nothing is held when this returns. Started again if
   * the process that has the database open leaves before the first row. H2 stops a statement
   * between two rows only; one that computes a single value for ever is left behind on a thread of
   * its own, 2 s after it should have stopped.
   *
   * @param limit from the call to the last row, whatever {@code rows} does meanwhile
   * @throws CastraException with {@code STATEMENT_INVALID} if it is no query, is refused or wrong,
   *     {@code STATEMENT_TIMEOUT}, {@code INTERRUPTED} after {@link #cancel}, {@code
   *     RECORD_NOT_FOUND} before the first `up`, {@code DATABASE} if it needs too much memory
   */
  public void run(String statement, Duration limit, Rows rows) {
    if (Statements.locksRows(statement)) {
      throw StatementTrouble.locking(statement);
    }
    Begun begun = new Begun(rows);
    StatementEnd end = new StatementEnd(Deadline.after(ticker, limit));
    FutureTask<@Nullable Void> answer = new FutureTask<>(() -> answer(statement, end, begun), null);
    Thread thread = new Thread(answer, "castra-statement");
    thread.setDaemon(true);
    current.set(end);
    try {
      thread.start();
      await(answer, begun, end);
    } finally {
      current.set(null);
    }
  }

  private static void await(FutureTask<?> answer, Begun begun, StatementEnd end) {
    int ignored = 0;
    while (true) {
      try {
        answer.get(LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        StatementWatch watch = end.watch().orElse(null);
        boolean computes = watch != null && watch.stopped() && !begun.shows();
        ignored = computes ? ignored + 1 : 0;
        if (watch != null && ignored >= LOOKS && begun.end()) {
          throw watch.ignored(end.deadline().limit());
        }
      } catch (InterruptedException e) {
        end.cancel();
        begun.end();
        Thread.currentThread().interrupt();
        throw StatementTrouble.cancelled(e);
      } catch (ExecutionException e) {
        throw StatementTrouble.ofAnswer(e.getCause());
      }
    }
  }

  private void answer(String statement, StatementEnd end, Begun begun) {
    Backoff backoff = new Backoff(Duration.ofMillis(5), Duration.ofMillis(100));
    while (true) {
      try {
        once(statement, end, begun);
        return;
      } catch (SQLException e) {
        if (begun.began || end.deadline().passed() || !Database.isRepeatable(e)) {
          throw StatementTrouble.translate(root, statement, e);
        }
        pause(backoff, end.deadline());
      }
    }
  }

  /** Hands on what arrives until nobody waits for it any more. */
  private static final class Begun implements Rows {
    private final Rows rows;

    /** Whether there is no way back: the names of the columns were handed over. */
    private boolean began;

    private boolean shows;
    private boolean ended;

    Begun(Rows rows) {
      this.rows = rows;
    }

    synchronized boolean shows() {
      return shows;
    }

    /** False if something is being shown at this moment. */
    synchronized boolean end() {
      ended = !shows;
      return ended;
    }

    private synchronized boolean enter() {
      shows = !ended;
      return shows;
    }

    private synchronized void leave() {
      shows = false;
    }

    @Override
    public void begin(List<String> columns) {
      began = true;
      if (enter()) {
        try {
          rows.begin(columns);
        } finally {
          leave();
        }
      }
    }

    @Override
    public boolean row(List<@Nullable Object> values) {
      if (!enter()) {
        return false;
      }
      try {
        return rows.row(values);
      } finally {
        leave();
      }
    }
  }

  private void once(String sql, StatementEnd end, Rows rows) throws SQLException {
    Deadline deadline = end.deadline();
    Optional<Connection> connection =
        ReadConnection.openForStatements(root, ticker, deadline.limit(), end::check);
    if (connection.isEmpty()) {
      throw StatementTrouble.noRecord(root);
    }
    try (Connection open = connection.get();
        Statement statement = open.createStatement()) {
      StatementWatch watch = new StatementWatch(open, statement, deadline.remaining());
      end.watchedBy(watch);
      try {
        deliver(statement, sql, rows);
      } catch (SQLException e) {
        watch.throwIfStopped(deadline.limit(), e);
        throw e;
      } finally {
        end.unwatched();
        watch.close();
      }
    }
  }

  private static void deliver(Statement statement, String sql, Rows rows) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      ResultSetMetaData columns = row.getMetaData();
      List<String> labels = new ArrayList<>();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        labels.add(StatementValues.label(columns.getColumnLabel(i)));
      }
      boolean wanted = true;
      rows.begin(labels);
      while (wanted && row.next()) {
        wanted = rows.row(StatementValues.of(row, columns));
      }
    }
  }

  private static void pause(Backoff backoff, Deadline deadline) {
    try {
      backoff.pause(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw StatementTrouble.cancelled(e);
    }
  }

  /** Ends the statement under way; false if there is none. */
  public boolean cancel() {
    StatementEnd end = current.get();
    if (end == null) {
      return false;
    }
    end.cancel();
    return true;
  }
}
