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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements of users. That they only read is seen to by the database: its user may do nothing
 * but SELECT, and a statement that is no query is refused before it runs. One statement at a time;
 * {@link #cancel} may be called by any thread.
 */
public final class StatementReader {
  private final StateRoot root;
  private final Ticker ticker;
  private final AtomicReference<@Nullable StatementWatch> current = new AtomicReference<>();

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
   * the process that has the database open leaves before the first row.
   *
   * @param limit from the call to the last row, whatever {@code rows} does meanwhile
   * @throws CastraException with {@code STATEMENT_INVALID} if it is no query, is refused or wrong,
   *     {@code STATEMENT_TIMEOUT}, {@code INTERRUPTED} after {@link #cancel}, {@code
   *     RECORD_NOT_FOUND} before the first `up`
   */
  public void run(String statement, Duration limit, Rows rows) {
    Deadline deadline = Deadline.after(ticker, limit);
    Backoff backoff = new Backoff(Duration.ofMillis(5), Duration.ofMillis(100));
    Begun begun = new Begun(rows);
    while (true) {
      try {
        once(statement, deadline, begun);
        return;
      } catch (SQLException e) {
        if (begun.began || deadline.passed() || !Database.isRepeatable(e)) {
          throw StatementTrouble.translate(root, statement, e);
        }
        pause(backoff, deadline);
      }
    }
  }

  /** Whether there is no way back: the names of the columns were handed over. */
  private static final class Begun implements Rows {
    private final Rows rows;
    private boolean began;

    Begun(Rows rows) {
      this.rows = rows;
    }

    @Override
    public void begin(List<String> columns) {
      began = true;
      rows.begin(columns);
    }

    @Override
    public boolean row(List<@Nullable Object> values) {
      return rows.row(values);
    }
  }

  private void once(String sql, Deadline deadline, Rows rows) throws SQLException {
    Optional<Connection> connection =
        ReadConnection.openForStatements(root, ticker, deadline.limit());
    if (connection.isEmpty()) {
      throw StatementTrouble.noRecord(root);
    }
    try (Connection open = connection.get();
        Statement statement = open.createStatement()) {
      StatementWatch watch = new StatementWatch(open, statement, deadline.remaining());
      current.set(watch);
      try {
        // For the server, if this process should die.
        statement.setQueryTimeout(Math.toIntExact(deadline.limit().toSeconds()) + 1);
        deliver(statement, sql, rows);
      } catch (SQLException e) {
        watch.throwIfStopped(deadline.limit(), e);
        throw e;
      } finally {
        current.set(null);
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
    StatementWatch watch = current.get();
    if (watch == null) {
      return false;
    }
    watch.cancel();
    return true;
  }
}
