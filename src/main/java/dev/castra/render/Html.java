package dev.castra.render;

/** Text as HTML has it: no text can become an element, an attribute or a script. */
final class Html {
  private Html() {}

  /** For content and quoted attributes. Control characters are made visible. */
  static String text(String text) {
    return Visible.text(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /**
   * JSON for a script element, whose end nothing in a string can look like. The five characters
   * stand only in strings, where JSON may spell them so.
   */
  static String json(String json) {
    return json.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }
}
