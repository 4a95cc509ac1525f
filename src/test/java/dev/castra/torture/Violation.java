package dev.castra.torture;

/** Something that castra promises did not hold. */
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  Violation(String message) {
    super(message);
  }

  static void unless(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new Violation(String.format(message, values));
    }
  }
}
