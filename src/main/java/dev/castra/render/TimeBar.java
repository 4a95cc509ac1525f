package dev.castra.render;

/** A stretch of time drawn as a bar on the way from the beginning to the end of a longer one. */
final class TimeBar {
  private static final int WIDTH = 30;

  private TimeBar() {}

  /**
   * Such as {@code | #### |}; never shorter than one sign.
   *
   * @param fromMs milliseconds after the beginning
   * @param wholeMs length of the longer one
   */
  static String of(long fromMs, long lengthMs, long wholeMs) {
    long whole = Math.max(1, Math.max(wholeMs, fromMs + lengthMs));
    int start = (int) Math.min(WIDTH - 1L, Math.max(0, fromMs) * WIDTH / whole);
    long end = (Math.max(0, fromMs) + lengthMs) * WIDTH / whole;
    int length = (int) Math.max(1, Math.min(WIDTH, end) - start);
    return "|" + " ".repeat(start) + "#".repeat(length) + " ".repeat(WIDTH - start - length) + "|";
  }
}
