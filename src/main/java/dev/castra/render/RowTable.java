package dev.castra.render;

import dev.castra.operation.SqlRows;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows as an aligned table for people. Widths come from the first rows; a longer text later moves
 * only its own line. Nothing is cut off.
 */
public final class RowTable implements SqlRows {
  private static final int SAMPLE = 500;
  private static final int WIDEST = 60;
  private static final String GAP = "  ";

  private final PrintStream out;
  private final List<List<@Nullable Object>> sample = new ArrayList<>();
  private List<String> names = List.of();
  private int[] widths = {};
  private boolean[] numbers = {};
  private long count;

  public RowTable(PrintStream out) {
    this.out = out;
  }

  @Override
  public void begin(List<String> columns) {
    names = columns.stream().map(RowTable::visible).toList();
  }

  @Override
  public boolean row(List<@Nullable Object> values) {
    count++;
    if (count <= SAMPLE) {
      sample.add(values);
      return true;
    }
    if (!sample.isEmpty()) {
      showSample();
    }
    show(values);
    return count % SAMPLE != 0 || !out.checkError();
  }

  @Override
  public void end() {
    if (count == 1 && names.size() == 1) {
      showAlone(sample.get(0).get(0));
    } else if (count <= SAMPLE) {
      showSample();
    }
    out.println(count == 1 ? "(1 row)" : "(" + count + " rows)");
  }

  /** A single value may have lines, such as the answer to EXPLAIN. */
  private void showAlone(@Nullable Object value) {
    if (value instanceof String text && text.contains("\n")) {
      out.println(names.get(0));
      out.println("-".repeat(width(names.get(0))));
      out.println(Visible.text(text));
    } else {
      showSample();
    }
  }

  private void showSample() {
    measure();
    List<@Nullable Object> header = new ArrayList<>(names);
    List<@Nullable Object> rule = new ArrayList<>();
    for (int width : widths) {
      rule.add("-".repeat(width));
    }
    show(header);
    show(rule);
    sample.forEach(this::show);
    sample.clear();
  }

  private void measure() {
    widths = names.stream().mapToInt(RowTable::width).toArray();
    numbers = new boolean[widths.length];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      numbers[i] = sample.stream().anyMatch(row -> row.get(column) instanceof Number);
      for (List<@Nullable Object> row : sample) {
        widths[i] = Math.max(widths[i], Math.min(WIDEST, width(text(row.get(i)))));
      }
    }
  }

  private void show(List<@Nullable Object> values) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      String text = text(values.get(i));
      String padding = " ".repeat(Math.max(0, widths[i] - width(text)));
      line.append(numbers[i] ? padding + text : text + padding).append(GAP);
    }
    out.println(line.toString().stripTrailing());
  }

  private static String text(@Nullable Object value) {
    return value == null ? "NULL" : visible(value.toString());
  }

  private static String visible(String text) {
    return Visible.text(text).replace("\n", "\\x0a");
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
