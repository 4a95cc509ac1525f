package dev.castra.it;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The project's database, read after the last castra has ended. */
record Records(Path database) {
  /** First column of every row, as text. */
  List<String> column(String query) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = open(";ACCESS_MODE_DATA=r");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        values.add(String.valueOf(rows.getString(1)));
      }
    }
    return values;
  }

  long count(String from) throws SQLException {
    return Long.parseLong(column("SELECT COUNT(*) FROM " + from).get(0));
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
