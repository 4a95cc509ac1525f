package dev.castra.bootstrap.step;

/**
 * What a step that did not fail hands on.
 *
 * @param skipped true if there was nothing to do
 * @param detail one line for people, possibly empty
 */
public record StepResult<T>(T value, boolean skipped, String detail) {
  static <T> StepResult<T> done(T value, String detail) {
    return new StepResult<>(value, false, detail);
  }

  static <T> StepResult<T> skipped(T value, String detail) {
    return new StepResult<>(value, true, detail);
  }
}
