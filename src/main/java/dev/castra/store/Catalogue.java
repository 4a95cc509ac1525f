package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What there is to ask: the tables and views of the database, as it describes them itself. */
public final class Catalogue {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String COLUMNS =
      """
      SELECT LOWER(t.table_name) AS table_name, t.table_type, t.remarks AS table_remarks,
             LOWER(c.column_name) AS column_name, LOWER(c.data_type) AS data_type,
             c.character_maximum_length, c.is_nullable = 'NO' AS is_required,
             c.remarks AS column_remarks
      FROM information_schema.tables t
      JOIN information_schema.columns c
        ON c.table_schema = t.table_schema AND c.table_name = t.table_name
      WHERE t.table_schema = 'PUBLIC' AND t.table_name <> 'flyway_schema_history'
      ORDER BY t.table_type DESC, t.table_name, c.ordinal_position
      """;

  private final StateRoot root;
  private final Ticker ticker;

  public Catalogue(StateRoot root, Ticker ticker) {
    this.root = root;
    this.ticker = ticker;
  }

  /**
   * A table or view.
   *
   * @param comment one sentence
   */
  public record Table(String name, boolean isView, String comment, List<Column> columns) {
    public Table {
      columns = List.copyOf(columns);
    }
  }

  /**
   * One column.
   *
   * @param type as SQL spells it, in small letters
   * @param required whether it always has a value; not known of a view's
   */
  public record Column(String name, String type, boolean required, String comment) {}

  /**
   * Views first, each kind by name.
   *
   * @throws CastraException if there is no record yet, or the database is damaged or too new
   */
  public List<Table> tables() {
    try {
      Optional<Connection> connection =
          ReadConnection.openForStatements(root, ticker, PATIENCE, () -> {});
      if (connection.isEmpty()) {
        throw StatementTrouble.noRecord(root);
      }
      try (Connection open = connection.get()) {
        return tables(open);
      }
    } catch (SQLException e) {
      throw DatabaseTrouble.translate(root.databaseFile(), e);
    }
  }

  private static List<Table> tables(Connection connection) throws SQLException {
    Map<String, Draft> drafts = new LinkedHashMap<>();
    PlainQuery.all(connection, row -> add(row, drafts), COLUMNS);
    return drafts.values().stream().map(Draft::table).toList();
  }

  private static String add(ResultSet row, Map<String, Draft> drafts) throws SQLException {
    String name = row.getString("table_name");
    boolean isView = row.getString("table_type").equals("VIEW");
    String remarks = Optional.ofNullable(row.getString("table_remarks")).orElse("");
    drafts.computeIfAbsent(name, key -> new Draft(key, isView, remarks)).add(row);
    return name;
  }

  /** A table whose columns are being read. */
  private static final class Draft {
    private final String name;
    private final boolean isView;
    private final List<String> remarks;
    private final List<Column> columns = new ArrayList<>();

    Draft(String name, boolean isView, String remarks) {
      this.name = name;
      this.isView = isView;
      this.remarks = remarks.lines().toList();
    }

    void add(ResultSet row) throws SQLException {
      String column = row.getString("column_name");
      String own = row.getString("column_remarks");
      columns.add(
          new Column(
              column, type(row), row.getBoolean("is_required"), own == null ? told(column) : own));
    }

    /** The comment on a view tells of its columns, each on a line: H2 keeps no others. */
    private String told(String column) {
      String start = column + ": ";
      return remarks.stream()
          .filter(line -> line.startsWith(start))
          .map(line -> line.substring(start.length()))
          .findFirst()
          .orElse("");
    }

    Table table() {
      return new Table(name, isView, remarks.isEmpty() ? "" : remarks.get(0), columns);
    }
  }

  private static String type(ResultSet row) throws SQLException {
    String type = row.getString("data_type").toLowerCase(Locale.ROOT);
    long length = row.getLong("character_maximum_length");
    return switch (type) {
      case "character varying" -> "varchar(" + length + ")";
      case "character" -> "char(" + length + ")";
      default -> type;
    };
  }
}
