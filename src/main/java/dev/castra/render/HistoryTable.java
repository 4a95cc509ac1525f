package dev.castra.render;

import dev.castra.operation.HistoryReport;
import dev.castra.operation.RunEntry;

/** {@code castra history} for people. */
public final class HistoryTable {
  private HistoryTable() {}

  /** The whole text, with a final line break. */
  public static String render(HistoryReport report) {
    if (report.runs().isEmpty()) {
      return "There are no such runs.\n";
    }
    TextTable table =
        new TextTable("RUN", "VM", "STARTED", "TRIGGER", "OUTCOME", "TIME", "STEP", "REASON");
    for (RunEntry run : report.runs()) {
      table.row(
          run.run().toString(),
          run.vm().value(),
          Durations.brief(run.ageMs()) + " ago",
          run.trigger().id(),
          run.status().id(),
          run.durationMs().map(Durations::brief).orElse("-"),
          run.failedStep().or(run::currentStep).orElse("-"),
          Visible.line(run.reason()));
    }
    return table + more(report);
  }

  private static String more(HistoryReport report) {
    if (report.more() == 0) {
      return "";
    }
    int all = report.runs().size() + report.more();
    String older = report.more() == 1 ? "1 older run" : report.more() + " older runs";
    return report.more() < HistoryReport.MOST_COUNTED
        ? older + " not shown; `--limit " + all + "` shows all.\n"
        : older + " or more not shown; name a VM, or use `--since`, `--status` or `--limit`.\n";
  }
}
