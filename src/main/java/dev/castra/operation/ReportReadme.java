package dev.castra.operation;

import dev.castra.report.ReportArchive;
import java.util.List;
import java.util.Map;

/** The text that explains a report. */
final class ReportReadme {
  private static final Map<String, String> MEANINGS =
      Map.ofEntries(
          Map.entry("castra.toml", "the configuration when the report was written"),
          Map.entry(
              "plan.json", "why the run was started, and what had changed since the one before"),
          Map.entry("steps.json", "the steps of the run that ended, with their times"),
          Map.entry("manifest.json", "what was applied: files, settings, names of env entries"),
          Map.entry("run.json", "the facts of the run"),
          Map.entry("events.jsonl", "what Castra told of the run and its VM meanwhile"),
          Map.entry("run.log", "what the guest printed, and when"),
          Map.entry("serial.log", "the end of the guest's serial console"),
          Map.entry("qemu-command.txt", "how QEMU was started"),
          Map.entry("qemu.log", "what QEMU itself complained about"),
          Map.entry("versions.json", "Castra, Java, H2, QEMU and the operating system"));

  private final RunDetails details;
  private final KnownSecrets secrets;
  private final Host host;
  private final String castraVersion;

  ReportReadme(RunDetails details, KnownSecrets secrets, Host host, String castraVersion) {
    this.details = details;
    this.secrets = secrets;
    this.host = host;
    this.castraVersion = castraVersion;
  }

  String text(ReportArchive archive, List<RunReport.LeftOut> leftOut) {
    StringBuilder text = new StringBuilder();
    head(text, archive);
    text.append("\nWhat is in it\n");
    for (ReportArchive.Entry file : archive.entries()) {
      line(text, file.name(), MEANINGS.getOrDefault(file.name(), ""));
    }
    text.append("\nWhat is not in it, and why\n");
    leftOut.forEach(missing -> line(text, missing.name(), missing.reason()));
    if (leftOut.isEmpty()) {
      text.append("  nothing is missing\n");
    }
    removed(text);
    return text.toString();
  }

  private void head(StringBuilder text, ReportArchive archive) {
    RunEntry run = details.entry();
    text.append("Report of run ").append(run.run()).append(" of VM ").append(run.vm());
    text.append("\nWritten by castra ").append(castraVersion).append(" at ");
    text.append(host.clock().instant()).append("\n\n");
    text.append("Outcome     ").append(run.status().id());
    run.failedStep().ifPresent(step -> text.append(" at `").append(step).append('`'));
    text.append("\nWhy it ran  ").append(run.reason()).append('\n');
    if (secrets.gap().isEmpty()) {
      run.error().ifPresent(error -> fact(text, "Error       ", archive.clean(error)));
      details.hint().ifPresent(hint -> fact(text, "What to do  ", archive.clean(hint)));
    }
  }

  private static void fact(StringBuilder text, String name, String value) {
    text.append(name).append(value).append('\n');
  }

  private void removed(StringBuilder text) {
    text.append("\nWhat was removed\n");
    List<String> names = secrets.names();
    text.append(
        names.isEmpty()
            ? "  castra.toml has no env entries, so there was nothing to remove.\n"
            : "  The values of these env entries: " + String.join(", ", names) + ".\n");
    secrets
        .gap()
        .ifPresent(
            gap ->
                text.append("  But ")
                    .append(gap)
                    .append(
                        ";\n  so nothing that a guest could have written is in this report.\n"));
    text.append(
        """
          They are removed from castra.toml, and replaced by `[removed: env NAME]` wherever else
          they stood: as they are, in quotes, in base64 or percent-encoded. What a script made
          of a value in another way cannot be recognised, nor can a value of less than four
          characters outside castra.toml, nor one that the VM had before this run and that
          its console still shows. Comments in castra.toml end at a `=` or `:`.
          Private keys, payload files and disks are never part of a report.

        Everything else is as it was. Look through it before you hand it to others: secrets
        that are not env values, in a script's output or a `verify_command`, look like any text.
        """);
  }

  private static void line(StringBuilder text, String name, String what) {
    text.append("  ").append(String.format("%-18s", name)).append(what).append('\n');
  }
}
