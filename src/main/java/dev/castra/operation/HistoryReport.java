package dev.castra.operation;

import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code castra history} answers.
 *
 * @param runs the newest first
 * @param more how many older ones fit the question too, at most {@link #MOST_COUNTED}
 */
public record HistoryReport(String project, Path stateRoot, List<RunEntry> runs, int more) {
  /** From here on it is not counted how many more there are. */
  public static final int MOST_COUNTED = dev.castra.store.HistoryReader.MOST_COUNTED;

  public HistoryReport {
    runs = List.copyOf(runs);
  }

  /** The JSON form. */
  public Map<String, @Nullable Object> fields() {
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
        "project",
        project,
        "state_root",
        stateRoot.toString(),
        "runs",
        runs.stream().map(RunEntry::fields).toList(),
        "more",
        more);
  }
}
