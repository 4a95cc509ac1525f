package dev.castra.store;

/** Fits text into a column. */
final class Text {
  private Text() {}

  static String atMost(int length, String text) {
    if (text.length() <= length) {
      return text;
    }
    int end = length - 3;
    // Half a character would become another one.
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
        + "...";
  }
}
