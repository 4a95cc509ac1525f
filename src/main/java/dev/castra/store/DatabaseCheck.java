package dev.castra.store;

import static java.util.stream.Collectors.joining;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads all of a record and looks for what cannot be. Changes nothing. */
public final class DatabaseCheck {
  private static final int TRIES = 5;

  private final RecordSource source;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, Long> rows = new TreeMap<>();

  private DatabaseCheck(RecordSource source) {
    this.source = source;
  }

  /** Something that cannot be. */
  public record Finding(String table, String message) {}

  /**
   * @param schemaVersion empty if there is no record yet
   * @param rows of each table
   */
  public record Result(OptionalInt schemaVersion, Map<String, Long> rows, List<Finding> findings) {
    public Result {
      rows = Map.copyOf(rows);
      findings = List.copyOf(findings);
    }

    Result with(List<Finding> earlier) {
      return new Result(
          schemaVersion, rows, Stream.concat(earlier.stream(), findings.stream()).toList());
    }
  }

  /**
   * Checks the project's record and the logs that it names. Works while others write to it.
   *
   * @throws CastraException if it cannot be opened at all, or is too new
   */
  public static Result of(StateRoot root, Ticker ticker) {
    for (int left = TRIES; ; left--) {
      Optional<DatabaseServer.Announcement> owner =
          DatabaseServer.Announcement.read(root.databaseServer());
      Result result = once(root, ticker);
      // An owner that ended cut the reading, and what that looks like is no damage.
      if (result.findings().isEmpty()
          || left == 1
          || owner.equals(DatabaseServer.Announcement.read(root.databaseServer()))) {
        return result;
      }
    }
  }

  private static Result once(StateRoot root, Ticker ticker) {
    try (RecordSource source = ReadConnection.source(root, ticker)) {
      if (!ReadConnection.exists(root, ticker)) {
        return new Result(OptionalInt.empty(), Map.of(), List.of());
      }
      OptionalInt version = Migrations.version(source.connection());
      DatabaseCheck check = new DatabaseCheck(source);
      check.readEverything();
      check.lookForLogs(root);
      return new Result(version, check.rows, check.findings);
    } catch (SQLException e) {
      throw DatabaseTrouble.translate(root.databaseFile(), e);
    }
  }

  /** Checks a database file of this process, without logs. */
  static Result of(Path database) throws SQLException {
    try (RecordSource source =
        new RecordSource(() -> DatabaseUrl.open(DatabaseUrl.reader(database)))) {
      OptionalInt version = Migrations.version(source.connection());
      DatabaseCheck check = new DatabaseCheck(source);
      check.readEverything();
      return new Result(version, check.rows, check.findings);
    }
  }

  /** Only what tables say of each other; a damaged one can look empty. */
  static List<Finding> ofRelations(RecordSource source, List<DatabaseTable> tables) {
    DatabaseCheck check = new DatabaseCheck(source);
    check.compare(tables);
    return check.findings;
  }

  private void readEverything() throws SQLException {
    List<DatabaseTable> tables = DatabaseTable.all(source.connection());
    for (DatabaseTable table : tables) {
      TableScan.Outcome outcome = scan(table);
      rows.put(table.fileName(), outcome.rows());
      outcome.troubles().forEach(trouble -> findings.add(new Finding(table.fileName(), trouble)));
      countByIndex(table, outcome);
    }
    compare(tables);
  }

  private void compare(List<DatabaseTable> tables) {
    for (DatabaseTable table : tables) {
      attempt(table.fileName(), () -> primaryKey(table));
      attempt(table.fileName(), () -> foreignKeys(table));
    }
    for (RecordRule rule : RecordRule.ALL) {
      attempt(rule.table(), () -> apply(rule));
    }
  }

  private TableScan.Outcome scan(DatabaseTable table) {
    try {
      return new TableScan(source, table).run(values -> {});
    } catch (IOException e) {
      throw new CastraException(ErrorCode.IO, String.valueOf(e.getMessage()), "Try again.", e);
    }
  }

  /** A table and its index must agree. */
  private void countByIndex(DatabaseTable table, TableScan.Outcome outcome) {
    if (outcome.troubles().isEmpty()) {
      attempt(
          table.fileName(),
          () -> {
            long counted =
                PlainQuery.first(
                        source.connection(),
                        row -> row.getLong(1),
                        "SELECT COUNT(*) FROM " + table.sql())
                    .orElse(0L);
            if (counted != outcome.rows()) {
              findings.add(
                  new Finding(
                      table.fileName(),
                      "it has %d rows and counts %d".formatted(outcome.rows(), counted)));
            }
          });
    }
  }

  /** A part of the check. */
  private interface Part {
    void run() throws SQLException;
  }

  private void attempt(String table, Part part) {
    try {
      part.run();
    } catch (SQLException e) {
      findings.add(new Finding(table, "it cannot be checked: " + DatabaseTrouble.reason(e)));
    }
  }

  /**
   * H2 finds rows by an index of its own unless the key is a number: both must have all of them.
   */
  private void primaryKey(DatabaseTable table) throws SQLException {
    Connection connection = source.connection();
    Map<Integer, String> columns = new TreeMap<>();
    String index = "";
    try (ResultSet row =
        connection.getMetaData().getIndexInfo(null, "PUBLIC", table.name(), true, false)) {
      while (row.next()) {
        if (row.getString("INDEX_NAME").startsWith("PRIMARY_KEY")) {
          index = row.getString("INDEX_NAME");
          columns.put(row.getInt("ORDINAL_POSITION"), row.getString("COLUMN_NAME"));
        }
      }
    }
    if (columns.isEmpty()) {
      return;
    }
    String names = columns.values().stream().map(DatabaseTable::quoted).collect(joining(", "));
    String sql =
        "SELECT COUNT(*) FROM (SELECT %s FROM %s USE INDEX (%s) WHERE %s IS NOT NULL ORDER BY %s)"
            .formatted(
                names, table.sql(), DatabaseTable.quoted(index), names.split(",", -1)[0], names);
    long counted = PlainQuery.first(connection, row -> row.getLong(1), sql).orElse(0L);
    long scanned =
        PlainQuery.first(connection, row -> row.getLong(1), "SELECT COUNT(*) FROM " + table.sql())
            .orElse(0L);
    if (counted != scanned) {
      findings.add(
          new Finding(
              table.fileName(),
              "it has %d rows, and its primary key %d".formatted(scanned, counted)));
    }
  }

  private void foreignKeys(DatabaseTable table) throws SQLException {
    Connection connection = source.connection();
    Map<String, Key> keys = new LinkedHashMap<>();
    DatabaseMetaData facts = connection.getMetaData();
    try (ResultSet row = facts.getImportedKeys(null, "PUBLIC", table.name())) {
      while (row.next()) {
        keys.computeIfAbsent(
                row.getString("FK_NAME"), name -> new Key(name, new ArrayList<>(), text(row)))
            .columns()
            .add(new String[] {row.getString("FKCOLUMN_NAME"), row.getString("PKCOLUMN_NAME")});
      }
    }
    for (Key key : keys.values()) {
      long orphans =
          PlainQuery.first(connection, row -> row.getLong(1), key.query(table)).orElse(0L);
      if (orphans > 0) {
        findings.add(
            new Finding(
                table.fileName(),
                "%d rows point to nothing (%s)"
                    .formatted(orphans, key.name().toLowerCase(Locale.ROOT))));
      }
    }
  }

  private static String text(ResultSet row) {
    try {
      return row.getString("PKTABLE_NAME");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Key(String name, List<String[]> columns, String parent) {
    String query(DatabaseTable table) {
      StringBuilder join = new StringBuilder();
      StringBuilder given = new StringBuilder();
      for (String[] pair : columns) {
        join.append(join.isEmpty() ? "" : " AND ")
            .append("p." + DatabaseTable.quoted(pair[1]) + " = c." + DatabaseTable.quoted(pair[0]));
        given.append(" AND c." + DatabaseTable.quoted(pair[0]) + " IS NOT NULL");
      }
      return "SELECT COUNT(*) FROM "
          + table.sql()
          + " c WHERE NOT EXISTS (SELECT 1 FROM "
          + DatabaseTable.quoted(parent)
          + " p WHERE "
          + join
          + ")"
          + given;
    }
  }

  private void apply(RecordRule rule) throws SQLException {
    PlainQuery.all(source.connection(), row -> row.getString(1), rule.query())
        .forEach(message -> findings.add(new Finding(rule.table(), message)));
  }

  private void lookForLogs(StateRoot root) {
    attempt(
        "runs",
        () ->
            PlainQuery.all(
                    source.connection(),
                    row -> missingLog(root, row),
                    "SELECT run_id, vm, log_path FROM runs WHERE log_path IS NOT NULL"
                        + " AND status <> 'running' ORDER BY run_id")
                .stream()
                .filter(message -> !message.isEmpty())
                .forEach(message -> findings.add(new Finding("runs", message))));
  }

  /** Empty if it is there, under the path recorded or where the state root is now. */
  private static String missingLog(StateRoot root, ResultSet row) throws SQLException {
    Path recorded = Path.of(row.getString("log_path"));
    Path here = root.bootstrapLogs(new VmName(row.getString("vm"))).resolve(recorded.getFileName());
    return Files.exists(recorded) || Files.exists(here)
        ? ""
        : "the log of run %d is gone: %s".formatted(row.getLong("run_id"), recorded);
  }
}
