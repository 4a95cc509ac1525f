package dev.castra.render;

import java.util.List;

/** Lines that begin with a label in a column of its own. */
final class Labelled {
  private static final int WIDTH = 12;

  private final StringBuilder text = new StringBuilder();

  Labelled line(String label, String value) {
    List<String> lines = value.lines().toList();
    text.append(PlainLines.padded(label, WIDTH));
    text.append(String.join("\n" + " ".repeat(WIDTH), lines)).append('\n');
    return this;
  }

  /** Below a blank line. */
  Labelled block(String block) {
    text.append('\n').append(block);
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
