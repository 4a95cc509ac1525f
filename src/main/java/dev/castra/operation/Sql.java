package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.project.StateRoot;
import dev.castra.store.StatementReader;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions that users ask the record in SQL. Takes no claim, changes nothing, works while
 * {@code up} runs, and holds nothing between two statements.
 */
public final class Sql {
  private final StatementReader reader;
  private final Duration limit;

  /**
   * @param limit for each statement
   */
  public Sql(StateRoot root, Host host, Duration limit) {
    this.reader = new StatementReader(root, host.ticker());
    this.limit = limit;
  }

  /**
   * Runs one statement.
   *
   * @throws CastraException if it is no query, is wrong, takes too long or is cancelled
   */
  public void run(String statement, SqlRows rows) {
    reader.run(
        statement,
        limit,
        new StatementReader.Rows() {
          @Override
          public void begin(List<String> columns) {
            rows.begin(columns);
          }

          @Override
          public boolean row(List<@Nullable Object> values) {
            return rows.row(values);
          }
        });
    rows.end();
  }

  /** Ends the statement under way; false if there is none. Thread-safe. */
  public boolean cancel() {
    return reader.cancel();
  }
}
