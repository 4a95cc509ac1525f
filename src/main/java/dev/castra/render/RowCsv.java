package dev.castra.render;

import dev.castra.operation.SqlRows;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows as RFC 4180 has it, with a header. NULL is an empty field, empty text is {@code ""}. */
public final class RowCsv implements SqlRows {
  private static final int BATCH = 500;

  private final PrintStream out;
  private long count;

  public RowCsv(PrintStream out) {
    this.out = out;
  }

  @Override
  public void begin(List<String> columns) {
    line(columns);
  }

  @Override
  public boolean row(List<@Nullable Object> values) {
    line(values);
    return ++count % BATCH != 0 || !out.checkError();
  }

  private void line(List<? extends @Nullable Object> values) {
    out.print(values.stream().map(RowCsv::field).collect(Collectors.joining(",")) + "\r\n");
  }

  private static String field(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    String text = value.toString();
    boolean plain = !text.isEmpty() && text.chars().noneMatch(RowCsv::isSpecial);
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  private static boolean isSpecial(int c) {
    return c == ',' || c == '"' || c == '\r' || c == '\n';
  }

  @Override
  public void end() {
    out.flush();
  }
}
