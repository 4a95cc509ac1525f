package dev.castra.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How many rows each table of a database has. */
final class TableCounts {
  private static final String TABLES =
      "SELECT table_name FROM information_schema.tables"
          + " WHERE table_schema = 'PUBLIC' AND table_type = 'BASE TABLE' ORDER BY table_name";

  private TableCounts() {}

  static Map<String, Long> of(Connection connection) throws SQLException {
    Map<String, Long> counts = new TreeMap<>();
    for (String table : tables(connection)) {
      PlainQuery.first(connection, row -> row.getLong(1), "SELECT COUNT(*) FROM \"" + table + "\"")
          .ifPresent(count -> counts.put(table, count));
    }
    return counts;
  }

  static List<String> tables(Connection connection) throws SQLException {
    return PlainQuery.all(connection, row -> row.getString(1), TABLES);
  }

  /** The same with the names that people read. */
  static Map<String, Long> byFileName(Map<String, Long> counts) {
    Map<String, Long> rows = new TreeMap<>();
    counts.forEach((table, count) -> rows.put(table.toLowerCase(Locale.ROOT), count));
    return rows;
  }
}
