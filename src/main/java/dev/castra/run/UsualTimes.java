package dev.castra.run;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How long a VM's runs usually take, by those that succeeded before.
 *
 * @param durationMs median of whole runs that began as the one in question does; empty if there was
 *     none
 * @param steps those that were taken before
 */
public record UsualTimes(OptionalLong durationMs, Map<StepKind, Step> steps) {
  /** Nothing like it was done before. */
  public static final UsualTimes UNKNOWN = new UsualTimes(OptionalLong.empty(), Map.of());

  /** With fewer durations than this there is no saying which one is out of the ordinary. */
  public static final int FEWEST_FOR_P95 = 5;

  /** A step is called slow once it takes this many times its 95th percentile. */
  private static final int SLOW_TIMES = 3;

  /** Nobody minds a step that takes less, however quick it was before. */
  private static final long SLOW_AT_LEAST_MS = Duration.ofSeconds(1).toMillis();

  /**
   * @param p50Ms median
   * @param p95Ms empty unless there are {@link #FEWEST_FOR_P95} durations
   */
  public record Step(long p50Ms, OptionalLong p95Ms) {}

  public UsualTimes {
    Map<StepKind, Step> inOrder = new EnumMap<>(StepKind.class);
    inOrder.putAll(steps);
    steps = Collections.unmodifiableMap(inOrder);
  }

  /** How long the run will still take, in ms, if it goes on as usual. */
  public long remainingMs(StepKind current, long elapsedMs) {
    return steps.entrySet().stream()
        .filter(step -> step.getKey().compareTo(current) >= 0)
        .mapToLong(
            step ->
                step.getKey() == current
                    ? Math.max(0, step.getValue().p50Ms() - elapsedMs)
                    : step.getValue().p50Ms())
        .sum();
  }

  /** True if there is a step that could be called slow. */
  public boolean knowsSlow() {
    return steps.values().stream().anyMatch(step -> step.p95Ms().isPresent());
  }

  /** The median of a step that by now took longer than usual; empty while it did not. */
  public OptionalLong exceeded(StepKind current, long elapsedMs) {
    Step step = steps.get(current);
    if (step == null) {
      return OptionalLong.empty();
    }
    long usually = Math.max(step.p50Ms() + SLOW_AT_LEAST_MS, step.p95Ms().orElse(step.p50Ms()));
    return elapsedMs > usually ? OptionalLong.of(step.p50Ms()) : OptionalLong.empty();
  }

  /** That a step is slow by now; empty while it is not, and if there is no telling. */
  public Optional<Slow> slow(StepKind current, long elapsedMs) {
    Step step = steps.get(current);
    if (step == null || step.p95Ms().isEmpty()) {
      return Optional.empty();
    }
    long p95Ms = step.p95Ms().getAsLong();
    return elapsedMs > Math.max(SLOW_AT_LEAST_MS, SLOW_TIMES * p95Ms)
        ? Optional.of(new Slow(current, elapsedMs, p95Ms))
        : Optional.empty();
  }

  /**
   * A step that takes over three times its 95th percentile.
   *
   * @param elapsedMs how long it took so far
   */
  public record Slow(StepKind step, long elapsedMs, long p95Ms) {}
}
