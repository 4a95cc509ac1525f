package dev.castra.render;

import dev.castra.operation.RunDiff;
import dev.castra.operation.RunEntry;
import dev.castra.vm.Sha256;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** {@code castra history diff} for people. */
public final class RunDiffText {
  private RunDiffText() {}

  /** The whole text, with a final line break. */
  public static String render(RunDiff diff) {
    String left = "RUN " + diff.left().run();
    String right = "RUN " + diff.right().run();
    return facts(diff, left, right)
        + "\n"
        + steps(diff, left, right)
        + "\n"
        + (diff.changes().isEmpty() ? "Both applied the same.\n" : changes(diff, left, right));
  }

  private static String facts(RunDiff diff, String leftName, String rightName) {
    RunEntry left = diff.left();
    RunEntry right = diff.right();
    TextTable table = new TextTable("", leftName, rightName);
    table.row("VM", left.vm().value(), right.vm().value());
    table.row("started", started(left), started(right));
    table.row("outcome", outcome(left), outcome(right));
    table.row("time", time(left), time(right));
    table.row(
        diff.foreign() ? "host key" : "base image",
        left.baseImageHash().brief(),
        right.baseImageHash().brief());
    table.row("artifact", left.artifactHash().brief(), right.artifactHash().brief());
    return table.toString();
  }

  private static String started(RunEntry run) {
    return run.startedAt().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String outcome(RunEntry run) {
    return run.status().id()
        + run.failedStep().or(run::currentStep).map(step -> " at " + step).orElse("");
  }

  private static String time(RunEntry run) {
    return run.durationMs().map(Durations::brief).orElse("-");
  }

  private static String steps(RunDiff diff, String left, String right) {
    TextTable table = new TextTable("STEP", left, right, "DIFFERENCE");
    for (RunDiff.Step step : diff.steps()) {
      table.row(step.step(), taken(step.left()), taken(step.right()), difference(step));
    }
    return table.toString();
  }

  private static String taken(Optional<RunDiff.Taken> step) {
    return step.map(
            taken ->
                taken.status().equals("success")
                    ? Durations.brief(taken.durationMs())
                    : Durations.brief(taken.durationMs()) + " " + taken.status())
        .orElse("-");
  }

  private static String difference(RunDiff.Step step) {
    if (step.left().isEmpty() || step.right().isEmpty()) {
      return "";
    }
    long more = step.right().get().durationMs() - step.left().get().durationMs();
    return (more < 0 ? "-" : "+") + Durations.brief(Math.abs(more));
  }

  private static String changes(RunDiff diff, String left, String right) {
    TextTable table = new TextTable("CHANGE", "KIND", left, right, "NAME");
    for (RunDiff.Change change : diff.changes()) {
      table.row(
          change.what(),
          change.kind(),
          side(change.left()),
          side(change.right()),
          Visible.line(change.name()));
    }
    return table.toString();
  }

  private static String side(Optional<RunDiff.Side> side) {
    return side.map(
            known -> {
              String mode = known.mode().map("%04o"::formatted).orElse("");
              String hash = known.sha256().map(Sha256::brief).orElse("");
              String both = (mode + " " + hash).strip();
              return both.isEmpty() ? "(secret)" : both;
            })
        .orElse("-");
  }
}
