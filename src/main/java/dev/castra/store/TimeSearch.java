package dev.castra.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** Finds a moment in a table whose keys are given out in the order of time, without an index. */
final class TimeSearch {
  private TimeSearch() {}

  private record Row(long key, Instant time) {}

  /**
   * The least key such that no row from it on is older than {@code since}; some twenty reads by the
   * primary key. Where the host's clock was set back, it may be off by the rows of that time.
   */
  static long firstKey(Connection connection, String table, String key, String time, Instant since)
      throws SQLException {
    String newest = "SELECT COALESCE(MAX(" + key + "), 0) FROM " + table;
    String next =
        "SELECT %s, %s FROM %s WHERE %s >= ? ORDER BY %s FETCH FIRST ROW ONLY"
            .formatted(key, time, table, key, key);
    long low = 1;
    long high =
        1 + PlainQuery.first(connection, row -> row.getLong(1), newest).orElse(0L).longValue();
    while (low < high) {
      long middle = low + (high - low) / 2;
      Optional<Row> found =
          PlainQuery.first(
              connection,
              row -> new Row(row.getLong(1), StatusReader.required(row, time)),
              next,
              middle);
      if (found.isPresent() && found.get().time().isBefore(since)) {
        low = found.get().key() + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
