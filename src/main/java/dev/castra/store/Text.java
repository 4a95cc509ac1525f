package dev.castra.store;

/** Fits text into a column. */
final class Text {
  private Text() {}

  static String atMost(int length, String text) {
    return text.length() <= length ? text : text.substring(0, length - 3) + "...";
  }
}
