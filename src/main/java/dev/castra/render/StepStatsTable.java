package dev.castra.render;

import dev.castra.operation.StepStats;
import dev.castra.vm.VmName;
import java.util.stream.Collectors;

/** {@code castra history stats} for people. */
public final class StepStatsTable {
  private StepStatsTable() {}

  /** The whole text, with a final line break. */
  public static String render(StepStats stats) {
    if (stats.steps().isEmpty()) {
      return "No step was ever taken"
          + (stats.vms().isEmpty() ? "" : " on " + names(stats))
          + ".\n";
    }
    TextTable table = new TextTable("STEP", "COUNT", "P50", "P95", "MAX", "FAILED", "TREND");
    for (StepStats.Step step : stats.steps()) {
      table.row(
          step.step(),
          Long.toString(step.count()),
          Durations.brief(step.p50Ms()),
          Durations.brief(step.p95Ms()),
          Durations.brief(step.maxMs()),
          step.failed() == 0 ? "-" : step.failed() + " (" + step.failurePercent() + " %)",
          step.trend().map(StepStatsTable::trend).orElse("-"));
    }
    return table.toString();
  }

  private static String names(StepStats stats) {
    return stats.vms().stream().map(VmName::value).collect(Collectors.joining(", "));
  }

  private static String trend(StepStats.Trend trend) {
    long percent = trend.percentMore();
    return "%+d %% (last %d: %s, before: %s)"
        .formatted(
            percent,
            StepStats.RECENT,
            Durations.brief(trend.recentP50Ms()),
            Durations.brief(trend.earlierP50Ms()));
  }
}
