package dev.castra.store;

import dev.castra.run.StepKind;
import java.util.Arrays;
import java.util.Optional;

/**
 * How long a step took in many runs, those not counted in which it was skipped. A percentile is a
 * duration that there was: the smallest that so many percent of all do not exceed.
 *
 * @param failed how often it failed
 * @param p50Ms median
 * @param trend empty unless there are more than {@link #RECENT} of them
 */
public record StepDurations(
    StepKind step,
    long count,
    long failed,
    long p50Ms,
    long p95Ms,
    long maxMs,
    Optional<Trend> trend) {
  /** How many of the newest runs are held against all before. */
  public static final int RECENT = 10;

  /**
   * @param recentP50Ms median of the newest {@link #RECENT}
   * @param earlierP50Ms median of all before
   */
  public record Trend(long recentP50Ms, long earlierP50Ms) {}

  /**
   * @param durationsMs at least one, the oldest run's first
   */
  static StepDurations of(StepKind step, long[] durationsMs, long failed) {
    int before = durationsMs.length - RECENT;
    return new StepDurations(
        step,
        durationsMs.length,
        failed,
        percentile(50, durationsMs),
        percentile(95, durationsMs),
        percentile(100, durationsMs),
        before > 0
            ? Optional.of(
                new Trend(
                    percentile(50, Arrays.copyOfRange(durationsMs, before, durationsMs.length)),
                    percentile(50, Arrays.copyOf(durationsMs, before))))
            : Optional.empty());
  }

  static long percentile(int percent, long[] durationsMs) {
    long[] sorted = durationsMs.clone();
    Arrays.sort(sorted);
    long rank = ((long) percent * sorted.length + 99) / 100;
    return sorted[(int) Math.max(1, rank) - 1];
  }
}
