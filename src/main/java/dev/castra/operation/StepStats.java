package dev.castra.operation;

import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import dev.castra.vm.VmName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code castra history stats} answers.
 *
 * @param vms whose runs were measured; empty for all
 * @param steps in the order in which a run takes them; none that was never taken
 */
public record StepStats(String project, List<VmName> vms, List<Step> steps) {
  /** How many of the newest runs are held against all before. */
  public static final int RECENT = dev.castra.store.StepDurations.RECENT;

  public StepStats {
    vms = List.copyOf(vms);
    steps = List.copyOf(steps);
  }

  /**
   * How long a step took, those runs not counted that skipped it.
   *
   * @param count how often it was taken
   * @param failed how often it failed
   * @param p50Ms median
   * @param trend empty unless it was taken more than {@link #RECENT} times
   */
  public record Step(
      String step,
      long count,
      long failed,
      long p50Ms,
      long p95Ms,
      long maxMs,
      Optional<Trend> trend) {
    /** How many of a hundred failed. */
    public long failurePercent() {
      return Math.round(100.0 * failed / Math.max(1, count));
    }
  }

  /**
   * @param recentP50Ms median of the newest {@link #RECENT}
   * @param earlierP50Ms median of all before
   */
  public record Trend(long recentP50Ms, long earlierP50Ms) {
    /** By how many percent it takes longer now; 0 if there is nothing to compare with. */
    public long percentMore() {
      return earlierP50Ms == 0
          ? 0
          : Math.round(100.0 * (recentP50Ms - earlierP50Ms) / earlierP50Ms);
    }
  }

  /** The JSON form. */
  public Map<String, @Nullable Object> fields() {
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
        "project",
        project,
        "of_vms",
        vms.isEmpty() ? null : vms.stream().map(VmName::value).toList(),
        "step_stats",
        steps.stream().map(StepStats::fields).toList());
  }

  private static Map<String, @Nullable Object> fields(Step step) {
    return Fields.of(
        "step",
        step.step(),
        "count",
        step.count(),
        "failed",
        step.failed(),
        "failure_percent",
        step.failurePercent(),
        "p50_ms",
        step.p50Ms(),
        "p95_ms",
        step.p95Ms(),
        "max_ms",
        step.maxMs(),
        "trend",
        step.trend().map(StepStats::fields).orElse(null));
  }

  private static Map<String, @Nullable Object> fields(Trend trend) {
    return Fields.of(
        "recent_p50_ms",
        trend.recentP50Ms(),
        "earlier_p50_ms",
        trend.earlierP50Ms(),
        "percent_more",
        trend.percentMore());
  }
}
