package dev.castra.render;

import dev.castra.run.StepKind;
import dev.castra.run.UsualTimes;
import java.util.Optional;
import java.util.OptionalLong;

/** How long a run will still take, in words. */
final class Expectation {
  private Expectation() {}

  /**
   * Such as {@code (about 3 s left)}, or {@code longer than usual (usually 7 s)}; empty if nothing
   * like it was done before.
   */
  static Optional<String> of(UsualTimes usual, StepKind step, long elapsedMs) {
    OptionalLong exceeded = usual.exceeded(step, elapsedMs);
    if (exceeded.isPresent()) {
      return Optional.of(
          "longer than usual (usually " + Durations.brief(exceeded.getAsLong()) + ")");
    }
    return usual.steps().isEmpty()
        ? Optional.empty()
        : Optional.of("(about " + rounded(usual.remainingMs(step, elapsedMs)) + " left)");
  }

  /** To whole seconds, and never none: a run that goes on has something left. */
  private static String rounded(long milliseconds) {
    long seconds = Math.max(1, Math.round(milliseconds / 1_000.0));
    return seconds < 60 ? seconds + " s" : Durations.brief(seconds * 1_000);
  }
}
