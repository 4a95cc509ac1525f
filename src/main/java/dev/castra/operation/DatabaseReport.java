package dev.castra.operation;

import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code castra db check} answers.
 *
 * @param databaseSchemaVersion empty if nothing is recorded yet
 * @param rows of each table
 */
public record DatabaseReport(
    String project,
    Path database,
    OptionalInt databaseSchemaVersion,
    Map<String, Long> rows,
    List<Finding> findings) {
  public DatabaseReport {
    rows = Map.copyOf(rows);
    findings = List.copyOf(findings);
  }

  /** Something that cannot be. */
  public record Finding(String table, String message) {}

  /** True if nothing is wrong. */
  public boolean ok() {
    return findings.isEmpty();
  }

  /** The JSON form. */
  public Map<String, @Nullable Object> fields() {
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
        "project",
        project,
        "database",
        database.toString(),
        "database_schema_version",
        databaseSchemaVersion.isPresent() ? databaseSchemaVersion.getAsInt() : null,
        "ok",
        ok(),
        "tables",
        tables(),
        "findings",
        findings.stream()
            .map(finding -> Fields.of("table", finding.table(), "message", finding.message()))
            .toList());
  }

  private List<Map<String, @Nullable Object>> tables() {
    return new TreeMap<>(rows)
        .entrySet().stream()
            .map(table -> Fields.of("table", table.getKey(), "rows", table.getValue()))
            .toList();
  }
}
