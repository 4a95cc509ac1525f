package dev.castra.render;

/** Milliseconds as people read them. */
final class Durations {
  private Durations() {}

  /** Such as {@code 420 ms}, {@code 6.8 s}, {@code 3 min 05 s}, {@code 2 h 10 min}, {@code 3 d}. */
  static String brief(long milliseconds) {
    if (milliseconds < 1_000) {
      return milliseconds + " ms";
    }
    long seconds = milliseconds / 1_000;
    if (seconds < 60) {
      return seconds + "." + milliseconds % 1_000 / 100 + " s";
    }
    if (seconds < 3_600) {
      return seconds / 60 + " min " + twoDigits(seconds % 60) + " s";
    }
    if (seconds < 86_400) {
      return seconds / 3_600 + " h " + twoDigits(seconds % 3_600 / 60) + " min";
    }
    return seconds / 86_400 + " d";
  }

  private static String twoDigits(long number) {
    return number < 10 ? "0" + number : Long.toString(number);
  }
}
