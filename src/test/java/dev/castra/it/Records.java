package dev.castra.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The project's database, read after the last castra has ended. */
public record Records(Path database) {
  /** H2 wrote its header twice and a first chunk; it cannot open less. */
  private static final long LEAST_BYTES = 16_384;

  /** False if there is no database, or its creation was cut short before anything was in it. */
  public boolean exists() throws IOException {
    Path file = database.resolveSibling(database.getFileName() + ".mv.db");
    return Files.exists(file) && Files.size(file) >= LEAST_BYTES;
  }

  /** First column of every row, as text. */
  public List<String> column(String query) throws SQLException {
    try (Reading reading = read()) {
      return reading.rows(query).stream().map(Row::first).toList();
    }
  }

  long count(String from) throws SQLException {
    return Long.parseLong(column("SELECT COUNT(*) FROM " + from).get(0));
  }

  /** Opens the database for several queries, without changing it. */
  public Reading read() throws SQLException {
    return new Reading(open(";ACCESS_MODE_DATA=r"));
  }

  /** Texts by the column's name in small letters; NULL is {@code "null"}. */
  public record Row(Map<String, String> texts) {
    /** Fails the test if there is no such column. */
    public String get(String column) {
      String text = texts.get(column);
      if (text == null) {
        throw new AssertionError("no column `" + column + "` in " + texts);
      }
      return text;
    }

    String first() {
      return texts.values().iterator().next();
    }
  }

  /** One look at the database. */
  public record Reading(Connection connection) implements AutoCloseable {
    public List<Row> rows(String query) throws SQLException {
      List<Row> rows = new ArrayList<>();
      try (Statement statement = connection.createStatement();
          ResultSet found = statement.executeQuery(query)) {
        while (found.next()) {
          rows.add(row(found));
        }
      }
      return rows;
    }

    private static Row row(ResultSet found) throws SQLException {
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
        String name = found.getMetaData().getColumnLabel(i).toLowerCase(Locale.ROOT);
        row.put(name, String.valueOf(found.getString(i)));
      }
      return new Row(row);
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  /** Changes the database behind castra's back. */
  void update(String sql) throws SQLException {
    try (Connection connection = open("");
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private Connection open(String mode) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:h2:file:" + database + ";FILE_LOCK=FS;IFEXISTS=TRUE" + mode, "castra", "castra");
  }
}
