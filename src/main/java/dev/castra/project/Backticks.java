package dev.castra.project;

/** Shows a text of the user's in a message: in backticks, on one line, never long. */
final class Backticks {
  private static final int LONGEST = 60;

  private Backticks() {}

  static String quote(String text) {
    StringBuilder shown = new StringBuilder("`");
    text.codePoints().limit(LONGEST).forEach(point -> append(shown, point));
    if (text.codePointCount(0, text.length()) > LONGEST) {
      shown.append('…');
    }
    return shown.append('`').toString();
  }

  private static void append(StringBuilder shown, int point) {
    if (Character.isISOControl(point)) {
      shown.append(String.format("\\u%04x", point));
    } else {
      shown.appendCodePoint(point);
    }
  }
}
