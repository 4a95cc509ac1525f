package dev.castra.cli;

import dev.castra.operation.CommandLineInfo;
import dev.castra.operation.Host;
import dev.castra.operation.Prune;
import dev.castra.operation.PruneReport;
import dev.castra.project.Project;
import dev.castra.project.Retention;
import dev.castra.render.PruneText;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "prune",
    description = {
      "Forget old runs, with their steps, events and logs, as `[history]` in castra.toml says.",
      "Runs that a stamp or a disk stands on are kept, and so is the newest run of each VM.",
      "Commands, boots with their serial consoles and disks that are gone go with them, if they"
          + " are as old."
    },
    footer = {
      "",
      "Examples:",
      "  castra history prune --dry-run",
      "  castra history prune --keep-runs 50 --keep-days 90"
    })
final class HistoryPruneCommand implements Callable<Integer> {
  @ParentCommand private HistoryCommand history;

  @Option(
      names = "--keep-runs",
      paramLabel = "N",
      description = "Keep the newest N runs of each VM, whatever castra.toml says.")
  private @Nullable Integer keepRuns;

  @Option(
      names = "--keep-days",
      paramLabel = "N",
      description = "Keep the runs of the last N days, whatever castra.toml says.")
  private @Nullable Integer keepDays;

  @Option(names = "--dry-run", description = "Only tell which runs would be forgotten.")
  private boolean dryRun;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Project project = history.project();
    Prune prune = new Prune(project, Host.real(), retention(project));
    CommandLineInfo command = Invocations.info(spec);
    PruneReport report = dryRun ? prune.plan(command) : prune.run(command);
    return history.answer(report.fields(), PruneText.render(report, dryRun));
  }

  private Retention retention(Project project) {
    if (keepRuns == null && keepDays == null) {
      return project.retention();
    }
    return new Retention(limit("--keep-runs", keepRuns), limit("--keep-days", keepDays));
  }

  private OptionalInt limit(String option, @Nullable Integer value) {
    if (value == null) {
      return OptionalInt.empty();
    }
    if (value < 1) {
      throw new ParameterException(
          spec.commandLine(), "`" + option + "` is `" + value + "`; it must be at least 1.");
    }
    return OptionalInt.of(value);
  }
}
