package dev.castra.operation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows the rows of one statement as they arrive. */
public interface SqlRows {
  /** Called once, before the first row. */
  void begin(List<String> columns);

  /**
   * @param values null, {@code Boolean}, {@code Number}, {@code List} or text
   * @return false if nobody wants more
   */
  boolean row(List<@Nullable Object> values);

  /** Called after the last row, when the database is no longer held; not after a failure. */
  void end();
}
