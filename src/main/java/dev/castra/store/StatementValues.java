package dev.castra.store;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Values as they are handed over: null, {@code Boolean}, {@code Number}, {@code List} of an array,
 * or text. Times are ISO 8601 in UTC, bytes hexadecimal.
 */
final class StatementValues {
  private StatementValues() {}

  /** Names that were not quoted come in capitals; people and programs like small letters better. */
  static String label(String column) {
    return column.equals(column.toUpperCase(Locale.ROOT))
        ? column.toLowerCase(Locale.ROOT)
        : column;
  }

  static List<@Nullable Object> of(ResultSet row, ResultSetMetaData columns) throws SQLException {
    List<@Nullable Object> values = new ArrayList<>(columns.getColumnCount());
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      // For JDBC H2's UUIDs are bytes.
      boolean uuid = columns.getColumnTypeName(i).equals("UUID");
      values.add(uuid ? row.getString(i) : value(row, i, columns.getColumnType(i)));
    }
    return values;
  }

  private static @Nullable Object value(ResultSet row, int column, int type) throws SQLException {
    return switch (type) {
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> {
        byte[] bytes = row.getBytes(column);
        yield bytes == null ? null : HexFormat.of().formatHex(bytes);
      }
      case Types.TIMESTAMP_WITH_TIMEZONE -> simple(row.getObject(column, OffsetDateTime.class));
      case Types.ARRAY -> list(row.getArray(column));
      case Types.BOOLEAN,
          Types.TINYINT,
          Types.SMALLINT,
          Types.INTEGER,
          Types.BIGINT,
          Types.NUMERIC,
          Types.DECIMAL,
          Types.REAL,
          Types.FLOAT,
          Types.DOUBLE ->
          simple(row.getObject(column));
      default -> row.getString(column);
    };
  }

  private static @Nullable Object list(@Nullable Array array) throws SQLException {
    return array == null
        ? null
        : Arrays.stream((Object[]) array.getArray())
            .map(StatementValues::simple)
            .collect(ArrayList::new, ArrayList::add, ArrayList::addAll);
  }

  private static @Nullable Object simple(@Nullable Object value) {
    if (value == null || value instanceof Boolean || value instanceof Number) {
      return value;
    }
    if (value instanceof OffsetDateTime time) {
      return time.toInstant().toString();
    }
    return value.toString();
  }
}
