package dev.castra.render;

import dev.castra.operation.RunDetails;
import dev.castra.operation.RunEntry;
import dev.castra.run.RunStatus;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** {@code castra history show} for people. */
public final class RunDetailsText {
  private RunDetailsText() {}

  /** The whole text, with a final line break. */
  public static String render(RunDetails details) {
    RunEntry run = details.entry();
    Labelled text = new Labelled();
    text.line("Run", run.run() + " of VM " + run.vm());
    text.line("Outcome", outcome(run));
    text.line("Started", started(run));
    text.line("Why", run.trigger().id() + ": " + run.reason());
    text.line("Command", details.command() + " (castra " + details.castraVersion() + ")");
    run.error().ifPresent(error -> text.line("Error", error));
    details.hint().ifPresent(hint -> text.line("What to do", hint));
    text.line("Artifact", run.artifactHash().brief());
    text.line(identity(details), run.baseImageHash().brief());
    details.before().ifPresent(before -> before(text, details, before));
    run.logPath().ifPresent(path -> text.line("Log", path));
    details.outputPath().ifPresent(path -> text.line("Output", path));
    details.reportPath().ifPresent(path -> text.line("Report", path));
    return Visible.text(text.block(steps(details)).toString());
  }

  private static String identity(RunDetails details) {
    return details.foreign() ? "Host key" : "Base image";
  }

  private static String outcome(RunEntry run) {
    String at = run.failedStep().or(run::currentStep).map(step -> " at `" + step + "`").orElse("");
    String time =
        run.durationMs()
            .map(Durations::brief)
            .map(brief -> run.status() == RunStatus.RUNNING ? " for " + brief : " after " + brief)
            .orElse(", left behind by a castra that died");
    return run.status().id() + at + time;
  }

  private static String started(RunEntry run) {
    return run.startedAt().truncatedTo(ChronoUnit.SECONDS)
        + " ("
        + Durations.brief(run.ageMs())
        + " ago)";
  }

  private static void before(Labelled text, RunDetails details, RunDetails.Before before) {
    List<String> changes = new ArrayList<>();
    if (!before.baseImageHash().equals(details.entry().baseImageHash())) {
      changes.add(
          (details.foreign() ? "SSH host key" : "base image")
              + " changed ("
              + before.baseImageHash().brief()
              + " to "
              + details.entry().baseImageHash().brief()
              + ")");
    } else if (!before.sameDisk()) {
      changes.add("another disk");
    }
    changes.addAll(before.changes());
    String since = "since run " + before.run() + " (" + before.status().id() + "):";
    text.line("Changes", since + (changes.isEmpty() ? " none" : ""));
    changes.forEach(change -> text.line("", "  " + change));
  }

  private static String steps(RunDetails details) {
    if (details.steps().isEmpty() && details.current().isEmpty()) {
      return "No step has ended.\n";
    }
    RunEntry run = details.entry();
    long whole = run.durationMs().orElse(0L);
    TextTable table = new TextTable("STEP", "STATUS", "TIME", "", "DETAIL");
    for (StepRecord step : details.steps()) {
      boolean skipped = step.status() == StepStatus.SKIPPED;
      table.row(
          step.step().id(),
          step.status().id(),
          Durations.brief(step.durationMs()),
          skipped ? "" : TimeBar.of(after(run, step.startedAt()), step.durationMs(), whole),
          Visible.line(step.detail()));
    }
    details
        .current()
        .ifPresent(
            step ->
                table.row(
                    step.step(),
                    "running",
                    Durations.brief(step.elapsedMs()),
                    TimeBar.of(after(run, step.startedAt()), step.elapsedMs(), whole),
                    ""));
    return table.toString();
  }

  private static long after(RunEntry run, Instant moment) {
    return Math.max(0, Duration.between(run.startedAt(), moment).toMillis());
  }
}
