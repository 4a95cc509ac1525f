package dev.castra.store;

import dev.castra.run.StepKind;
import java.util.Optional;

/**
 * How long a step took in many runs, those not counted in which it was skipped.
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
}
