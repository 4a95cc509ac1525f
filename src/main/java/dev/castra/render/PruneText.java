package dev.castra.render;

import dev.castra.operation.PruneReport;

/** {@code castra history prune} for people. */
public final class PruneText {
  private PruneText() {}

  /** The whole text, with a final line break. */
  public static String render(PruneReport report, boolean dryRun) {
    StringBuilder text = new StringBuilder();
    if (!report.runs().isEmpty()) {
      TextTable table = new TextTable("RUN", "VM", "OUTCOME", "ENDED");
      report
          .runs()
          .forEach(
              run ->
                  table.row(
                      run.id().toString(),
                      run.vm().value(),
                      run.status().id(),
                      run.endedAt().toString()));
      text.append(table).append('\n');
    }
    return text.append(sentence(report, dryRun)).append('\n').toString();
  }

  private static String sentence(PruneReport report, boolean dryRun) {
    String runs = count(report.runs().size(), "run");
    if (dryRun) {
      return runs + " would be forgotten, and what is only known because of them.";
    }
    return "Forgotten: %s, %s, %s, %s, %s and %s."
        .formatted(
            runs,
            count(report.events(), "event"),
            count(report.commands(), "command"),
            count(report.boots(), "boot"),
            count(report.disks(), "disk"),
            count(report.artifacts(), "artifact"));
  }

  private static String count(int count, String thing) {
    return count + " " + thing + (count == 1 ? "" : "s");
  }
}
