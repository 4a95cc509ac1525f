package dev.castra.store;

import dev.castra.process.PrivateFiles;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Databases as each schema version's castra left them after real runs: {@code
 * databases/schema-N.zip} among the test resources.
 */
final class ReleasedDatabase {
  private ReleasedDatabase() {}

  /** Every schema version before the present one. */
  static IntStream versions() {
    return IntStream.range(1, SchemaVersion.CURRENT);
  }

  static void put(int version, StateRoot root) throws IOException {
    PrivateFiles.createFolder(root.databaseFolder());
    DatabaseBackup.extract(
        Path.of("src/test/resources/databases/schema-" + version + ".zip"), root.databaseFile());
  }

  /** All rows, as text by column, of each table but Flyway's. */
  static Map<String, Collection<Map<String, String>>> rows(Path database) throws SQLException {
    try (Connection connection = DatabaseUrl.open(DatabaseUrl.reader(database))) {
      Map<String, Collection<Map<String, String>>> rows = new TreeMap<>();
      for (String table : TableCounts.tables(connection)) {
        if (!table.startsWith("flyway")) {
          rows.put(table, rows(connection, table));
        }
      }
      return rows;
    }
  }

  private static List<Map<String, String>> rows(Connection connection, String table)
      throws SQLException {
    return PlainQuery.all(
        connection,
        row -> {
          Map<String, String> values = new LinkedHashMap<>();
          ResultSetMetaData columns = row.getMetaData();
          for (int i = 1; i <= columns.getColumnCount(); i++) {
            values.put(columns.getColumnName(i), String.valueOf(row.getString(i)));
          }
          return values;
        },
        "SELECT * FROM \"" + table + "\" ORDER BY 1, 2");
  }

  /** {@code rows} without the columns that {@code model} does not have. */
  static Map<String, Collection<Map<String, String>>> like(
      Map<String, Collection<Map<String, String>>> model,
      Map<String, Collection<Map<String, String>>> rows) {
    Map<String, Collection<Map<String, String>>> alike = new TreeMap<>();
    model.forEach(
        (table, modelRows) ->
            alike.put(table, reduced(rows.getOrDefault(table, List.of()), columns(modelRows))));
    return alike;
  }

  private static TreeSet<String> columns(Collection<Map<String, String>> rows) {
    TreeSet<String> columns = new TreeSet<>();
    rows.forEach(row -> columns.addAll(row.keySet()));
    return columns;
  }

  private static List<Map<String, String>> reduced(
      Collection<Map<String, String>> rows, TreeSet<String> columns) {
    return rows.stream()
        .map(
            row -> {
              Map<String, String> kept = new LinkedHashMap<>(row);
              kept.keySet().retainAll(columns);
              return kept;
            })
        .toList();
  }
}
