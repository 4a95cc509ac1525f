package dev.castra.render;

import dev.castra.event.Json;
import dev.castra.operation.SqlRows;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows as one JSON array with an object on each line. A column whose name another one has already
 * gets a number after it.
 */
public final class RowJson implements SqlRows {
  private static final int BATCH = 500;

  private final PrintStream out;
  private final List<String> names = new ArrayList<>();
  private long count;

  public RowJson(PrintStream out) {
    this.out = out;
  }

  @Override
  public void begin(List<String> columns) {
    for (String column : columns) {
      String name = column;
      for (int i = 2; names.contains(name); i++) {
        name = column + "_" + i;
      }
      names.add(name);
    }
  }

  @Override
  public boolean row(List<@Nullable Object> values) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      fields.put(names.get(i), values.get(i));
    }
    out.print((count++ == 0 ? "[" : ",\n") + Json.compact(fields));
    return count % BATCH != 0 || !out.checkError();
  }

  @Override
  public void end() {
    out.println(count == 0 ? "[]" : "]");
  }
}
