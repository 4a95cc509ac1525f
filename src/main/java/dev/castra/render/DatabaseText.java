package dev.castra.render;

import dev.castra.operation.DatabaseReport;
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
      text.append(finding.table())
          .append(": ")
          .append(Visible.text(finding.message()))
          .append('\n');
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
}
