package dev.castra.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a terminal shows after the bytes it was sent. Knows the ECMA-48 sequences that castra uses;
 * any other one is an error, so that nothing unexpected goes unseen.
 */
public final class Screen {
  private final int columns;
  private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
  private final List<String> colours = new ArrayList<>();
  private boolean wraps = true;
  private int row;
  private int column;

  private Screen(int columns) {
    this.columns = columns;
  }

  /** The screen of a terminal {@code columns} wide and as high as it needs to be. */
  public static Screen after(String output, int columns) {
    Screen screen = new Screen(columns);
    int at = 0;
    while (at < output.length()) {
      at = output.charAt(at) == '\u001b' ? screen.obey(output, at) : screen.show(output, at);
    }
    return screen;
  }

  /** What stands there, without trailing blanks and empty lines at the end. */
  public List<String> lines() {
    List<String> shown = new ArrayList<>();
    lines.forEach(line -> shown.add(line.toString().stripTrailing()));
    while (!shown.isEmpty() && shown.get(shown.size() - 1).isEmpty()) {
      shown.remove(shown.size() - 1);
    }
    return shown;
  }

  /** The parameters of every SGR sequence, in order: 31 is red, 32 green, 0 ends a colour. */
  public List<String> colours() {
    return List.copyOf(colours);
  }

  private int show(String output, int at) {
    char c = output.charAt(at);
    if (c == '\n') {
      // As a terminal's line discipline does it.
      moveTo(row + 1, 0);
    } else if (c == '\r') {
      moveTo(row, 0);
    } else if (Character.isISOControl(c)) {
      throw new AssertionError(String.format(Locale.ROOT, "Control character %02x.", (int) c));
    } else {
      put(c);
    }
    return at + 1;
  }

  private void put(char c) {
    if (column == columns) {
      moveTo(wraps ? row + 1 : row, wraps ? 0 : columns - 1);
    }
    StringBuilder line = lines.get(row);
    while (line.length() <= column) {
      line.append(' ');
    }
    line.setCharAt(column, c);
    column++;
  }

  private void moveTo(int newRow, int newColumn) {
    row = newRow;
    column = newColumn;
    while (lines.size() <= row) {
      lines.add(new StringBuilder());
    }
  }

  private int obey(String output, int at) {
    int end = at + 2;
    while (end < output.length() && !Character.isLetter(output.charAt(end))) {
      end++;
    }
    String sequence = output.substring(at + 1, end + 1);
    if (sequence.matches("\\[[0-9]+A")) {
      int up = Integer.parseInt(sequence.substring(1, sequence.length() - 1));
      if (up > row) {
        throw new AssertionError("Moves above the first line.");
      }
      moveTo(row - up, column);
    } else if (sequence.equals("[J")) {
      lines.get(row).setLength(Math.min(column, lines.get(row).length()));
      lines.subList(row + 1, lines.size()).clear();
    } else if (sequence.equals("[?7l") || sequence.equals("[?7h")) {
      wraps = sequence.endsWith("h");
    } else if (sequence.matches("\\[[0-9;]*m")) {
      colours.add(sequence.substring(1, sequence.length() - 1));
    } else {
      throw new AssertionError("Unknown sequence ESC " + sequence);
    }
    return end + 1;
  }
}
