package dev.castra.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads every row of a table in the order of the row ids, a page at a time, so that a table of any
 * size needs little memory, and goes on behind what is damaged.
 */
final class TableScan {
  private static final int PAGE = 256;
  private static final int MOST_TROUBLES = 20;

  private final Source source;
  private final DatabaseTable table;
  private final List<String> troubles = new ArrayList<>();
  private long rows;

  TableScan(Source source, DatabaseTable table) {
    this.source = source;
    this.table = table;
  }

  /** Takes one row. */
  interface RowTaker {
    void take(List<@Nullable Object> values) throws IOException;
  }

  /** A connection that can be had anew after a failure. */
  interface Source {
    Connection connection() throws SQLException;

    void reopen() throws SQLException;
  }

  /**
   * @param rows how many were read
   * @param troubles what could not be; empty if the table is whole
   */
  record Outcome(long rows, List<String> troubles) {}

  private record Row(long id, List<@Nullable Object> values) {}

  Outcome run(RowTaker taker) throws IOException {
    try {
      readAll(taker);
    } catch (SQLException e) {
      troubles.add("the rest of its rows cannot be read: " + DatabaseTrouble.reason(e));
    }
    return new Outcome(rows, List.copyOf(troubles));
  }

  private void readAll(RowTaker taker) throws SQLException, IOException {
    // Keys of Castra begin with 1; what is damaged may have any.
    long after = Long.MIN_VALUE;
    int size = PAGE;
    while (true) {
      List<Row> page;
      try {
        page = page(after, size);
      } catch (SQLException | IllegalArgumentException e) {
        source.reopen();
        if (size > 1) {
          size = Math.max(1, size / 16);
          continue;
        }
        OptionalLong next = firstReadable(after, e);
        if (next.isEmpty() || troubles.size() > MOST_TROUBLES) {
          return;
        }
        after = next.getAsLong();
        continue;
      }
      for (Row row : page) {
        taker.take(row.values());
      }
      rows += page.size();
      long last = last(page, after);
      if (page.size() < size || last == after) {
        return;
      }
      after = last;
      size = Math.min(PAGE, size * 2);
    }
  }

  /** The largest: a changed key stands where it does not belong, and must not lead back. */
  private long last(List<Row> page, long after) {
    long last = after;
    for (Row row : page) {
      if (row.id() < last) {
        troubles.add("row %d stands behind row %d".formatted(row.id(), last));
      }
      last = Math.max(last, row.id());
    }
    return last;
  }

  private List<Row> page(long after, int size) throws SQLException {
    String sql =
        "SELECT _ROWID_, %s FROM %s WHERE _ROWID_ > ? ORDER BY _ROWID_ FETCH FIRST %d ROWS ONLY"
            .formatted(table.columnList(), table.sql(), size);
    try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
      statement.setLong(1, after);
      List<Row> rows = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          rows.add(new Row(row.getLong(1), table.values(row, 2)));
        }
      }
      return rows;
    }
  }

  /** Looks ever farther ahead, then back: a damaged page of the file hides a range of row ids. */
  private OptionalLong firstReadable(long after, Exception why) throws SQLException {
    long start = Math.max(after, 0);
    long hidden = start;
    for (int power = 0; power < Long.SIZE - 2; power++) {
      long candidate = start + (1L << power);
      if (candidate < 0) {
        break;
      }
      if (canRead(candidate)) {
        long readable = firstReadable(hidden, candidate);
        troubles.add(
            "rows %d to %d cannot be read: %s"
                .formatted(start + 1, readable, DatabaseTrouble.reason(why)));
        return OptionalLong.of(readable);
      }
      hidden = candidate;
    }
    troubles.add(
        "rows from %d on cannot be read: %s".formatted(start + 1, DatabaseTrouble.reason(why)));
    return OptionalLong.empty();
  }

  private long firstReadable(long hidden, long readable) throws SQLException {
    long low = hidden;
    long high = readable;
    while (high - low > 1) {
      long middle = low + (high - low) / 2;
      if (canRead(middle)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  private boolean canRead(long after) throws SQLException {
    try {
      page(after, 1);
      return true;
    } catch (SQLException | IllegalArgumentException e) {
      source.reopen();
      return false;
    }
  }
}
