package dev.castra.render;

import dev.castra.operation.RunReport;
import java.util.stream.Collectors;

/** {@code castra report} for people. */
public final class ReportText {
  private ReportText() {}

  /** The whole text, with a final line break. */
  public static String render(RunReport report) {
    Labelled text = new Labelled();
    text.line("Run", report.run() + " of VM " + report.vm() + " (" + report.status().id() + ")");
    text.line("Report", report.file().toString());
    text.line(
        "Holds",
        report.files().stream().map(RunReport.Part::name).collect(Collectors.joining(", ")));
    String label = "Not in it";
    for (RunReport.LeftOut missing : report.leftOut()) {
      text.line(label, missing.name() + ": " + missing.reason());
      label = "";
    }
    text.line(
        "Removed",
        report.removedEnv().isEmpty()
            ? "nothing: castra.toml has no env entries"
            : "values of env " + String.join(", ", report.removedEnv()));
    text.line("", "Look through it before you hand it to others.");
    return Visible.text(text.toString());
  }
}
