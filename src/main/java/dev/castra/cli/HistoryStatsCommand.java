package dev.castra.cli;

import dev.castra.operation.Host;
import dev.castra.operation.MeasureSteps;
import dev.castra.operation.StepStats;
import dev.castra.render.StepStatsTable;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "stats",
    description = {
      "Measure each step over all runs.",
      "How often it was taken, median (P50), P95 and maximum of its duration, how often",
      "it failed, and the trend: the median of the last ten runs against that of all",
      "before. Runs that skipped it do not count."
    },
    footer = {
      "",
      "Examples:",
      "  castra history stats",
      "  castra history stats web-0",
      "  castra history stats web --json | jq '.step_stats[].p95_ms'"
    })
final class HistoryStatsCommand implements Callable<Integer> {
  @ParentCommand private HistoryCommand history;

  @Parameters(
      paramLabel = "VM",
      arity = "0..1",
      description = "A VM or a role, also one that left castra.toml; default: all.")
  private @Nullable String vm;

  @Override
  public Integer call() {
    StepStats stats = new MeasureSteps(history.project(), Host.real()).of(Optional.ofNullable(vm));
    return history.answer(stats.fields(), StepStatsTable.render(stats));
  }
}
