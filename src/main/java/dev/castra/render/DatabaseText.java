package dev.castra.render;

import dev.castra.operation.DatabaseReport;
import dev.castra.operation.RestoreReport;
import java.util.Map;
import java.util.TreeMap;

/** {@code castra db check} for people. */
public final class DatabaseText {
  private DatabaseText() {}

  /** One line for each finding, or one that says that there is none; with a final line break. */
  public static String render(DatabaseReport report) {
    if (report.databaseSchemaVersion().isEmpty()) {
      return "ok  nothing is recorded yet\n";
    }
    if (report.ok()) {
      return "ok  schema version "
          + report.databaseSchemaVersion().getAsInt()
          + ", "
          + rows(report.rows())
          + "\n";
    }
    StringBuilder text = new StringBuilder();
    for (DatabaseReport.Finding finding : report.findings()) {
      text.append(line(finding)).append('\n');
    }
    return text.toString();
  }

  /**
   * Such as {@code 17 rows in 16 tables: 2 artifacts, 3 runs}; tables without rows are left out.
   */
  public static String rows(Map<String, Long> rows) {
    long sum = rows.values().stream().mapToLong(Long::longValue).sum();
    StringBuilder text = new StringBuilder(sum + " rows in " + rows.size() + " tables");
    String before = ": ";
    for (Map.Entry<String, Long> table : new TreeMap<>(rows).entrySet()) {
      if (table.getValue() > 0) {
        text.append(before).append(table.getValue()).append(' ').append(table.getKey());
        before = ", ";
      }
    }
    return text.toString();
  }

  /** What a restore did, a line for each thing. */
  public static String render(RestoreReport report) {
    StringBuilder text = new StringBuilder();
    text.append("restored ")
        .append(report.source())
        .append(" (schema version ")
        .append(report.schemaVersion())
        .append("): ")
        .append(rows(report.rows()))
        .append('\n');
    for (DatabaseReport.Finding finding : report.findings()) {
      text.append("taken as it is: ").append(line(finding)).append('\n');
    }
    for (RestoreReport.Withdrawn stamp : report.withdrawn()) {
      String why =
          stamp
              .later()
              .map(later -> "this record does not know what run " + later + " did")
              .orElse("it was, in the record until now");
      text.append(
          "%s  the stamp of run %s is withdrawn: %s%n".formatted(stamp.vm(), stamp.run(), why));
    }
    report
        .aside()
        .ifPresent(aside -> text.append("the database until now is ").append(aside).append('\n'));
    return text.append("the next run is ")
        .append(report.nextRun())
        .append(", and events go on above ")
        .append(report.lastSeq())
        .append('\n')
        .toString();
  }

  private static String line(DatabaseReport.Finding finding) {
    return finding.table() + ": " + Visible.line(finding.message());
  }
}
