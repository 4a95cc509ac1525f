package dev.castra.store;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A table as plain JDBC describes it, of whatever engine version. */
record DatabaseTable(String name, List<Column> columns) {
  private static final String FLYWAY = "flyway_";

  DatabaseTable {
    columns = List.copyOf(columns);
  }

  /** How a column's values are written down. */
  enum Kind {
    FLAG,
    NUMBER,
    TIME,
    TEXT,
    BYTES;

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Kind of(int jdbcType) {
      return switch (jdbcType) {
        case Types.BOOLEAN, Types.BIT -> FLAG;
        case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> NUMBER;
        case Types.TIMESTAMP_WITH_TIMEZONE -> TIME;
        case Types.BLOB, Types.LONGVARBINARY, Types.VARBINARY -> BYTES;
        default -> TEXT;
      };
    }
  }

  record Column(String name, Kind kind) {}

  /** Every table of Castra's own, by name; those that Flyway keeps are not. */
  static List<DatabaseTable> all(Connection connection) throws SQLException {
    List<String> names = new ArrayList<>();
    DatabaseMetaData facts = connection.getMetaData();
    // The first is what H2 says since 2.0, the second before.
    try (ResultSet row =
        facts.getTables(null, "PUBLIC", "%", new String[] {"BASE TABLE", "TABLE"})) {
      while (row.next()) {
        names.add(row.getString("TABLE_NAME"));
      }
    }
    List<DatabaseTable> tables = new ArrayList<>();
    for (String name : names.stream().sorted().toList()) {
      if (!name.toLowerCase(Locale.ROOT).startsWith(FLYWAY)) {
        tables.add(of(connection, name));
      }
    }
    return tables;
  }

  private static DatabaseTable of(Connection connection, String name) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT * FROM " + quoted(name) + " WHERE 1 = 0");
        ResultSet none = statement.executeQuery()) {
      ResultSetMetaData facts = none.getMetaData();
      for (int i = 1; i <= facts.getColumnCount(); i++) {
        boolean uuid = facts.getColumnTypeName(i).equals("UUID");
        columns.add(
            new Column(facts.getColumnName(i), uuid ? Kind.TEXT : Kind.of(facts.getColumnType(i))));
      }
    }
    return new DatabaseTable(name, columns);
  }

  /** As it is written in SQL. */
  String sql() {
    return quoted(name);
  }

  String columnList() {
    return columns.stream().map(column -> quoted(column.name())).collect(Collectors.joining(", "));
  }

  /** File name without its ending; the names in the schema are ASCII words. */
  String fileName() {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Values of the row in the order of the columns; the first column stands at {@code first}. */
  List<@Nullable Object> values(ResultSet row, int first) throws SQLException {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      values.add(value(row, first + i, columns.get(i).kind()));
    }
    return values;
  }

  private static @Nullable Object value(ResultSet row, int column, Kind kind) throws SQLException {
    Object value =
        switch (kind) {
          case FLAG -> row.getBoolean(column);
          case NUMBER -> row.getLong(column);
          case TIME -> instant(row.getObject(column, OffsetDateTime.class));
          case TEXT -> row.getString(column);
          case BYTES -> hex(row.getBytes(column));
        };
    return row.wasNull() ? null : value;
  }

  private static @Nullable String instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant().toString();
  }

  private static @Nullable String hex(byte @Nullable [] bytes) {
    return bytes == null ? null : HexFormat.of().formatHex(bytes);
  }

  static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
