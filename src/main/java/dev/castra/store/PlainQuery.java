package dev.castra.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plain SQL for commands that only look: loading jOOQ would take longer than all they do. */
final class PlainQuery {
  private PlainQuery() {}

  /** Makes a value of the row a result stands on. */
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  static <T> List<T> all(
      Connection connection, RowReader<T> reader, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      List<T> values = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          values.add(read(reader, row));
        }
      }
      return values;
    }
  }

  /**
   * A damaged file can hold anything; what cannot be a name, a hash or a status is told as such.
   */
  static <T> T read(RowReader<T> reader, ResultSet row) throws SQLException {
    try {
      return reader.read(row);
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new SQLException(
          "a row holds what cannot be: " + e.getMessage(), "XX001", DatabaseTrouble.CORRUPTED, e);
    }
  }

  static <T> Optional<T> first(
      Connection connection, RowReader<T> reader, String sql, Object... parameters)
      throws SQLException {
    return all(connection, reader, sql, parameters).stream().findFirst();
  }
}
