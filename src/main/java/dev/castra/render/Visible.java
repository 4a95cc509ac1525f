package dev.castra.render;

/** Makes text of guests, files and other programs harmless for a terminal. */
public final class Visible {
  private Visible() {}

  /** Line breaks stay, every other control character becomes {@code \xHH}. */
  public static String text(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\n' && Character.isISOControl(c)) {
        visible.append(String.format("\\x%02x", (int) c));
      } else {
        visible.append(c);
      }
    }
    return visible.toString();
  }

  /** As {@link #text}, with blanks for line breaks. */
  static String line(String text) {
    return text(text.replace('\n', ' '));
  }
}
