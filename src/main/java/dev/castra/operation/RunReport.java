package dev.castra.operation;

import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code castra report} answers: an archive about one run.
 *
 * @param file the archive
 * @param sizeBytes its size
 * @param files what is in it, sizes in bytes
 * @param removedEnv names of env entries whose values were removed wherever they stood
 */
public record RunReport(
    RunId run,
    VmName vm,
    RunStatus status,
    Path file,
    long sizeBytes,
    List<Part> files,
    List<LeftOut> leftOut,
    List<String> removedEnv) {
  public RunReport {
    files = List.copyOf(files);
    leftOut = List.copyOf(leftOut);
    removedEnv = List.copyOf(removedEnv);
  }

  /**
   * A file in the archive.
   *
   * @param sizeBytes its size
   */
  public record Part(String name, long sizeBytes) {}

  /** A file that is not in the archive, or not all of it. */
  public record LeftOut(String name, String reason) {}

  /** The JSON form. */
  public Map<String, @Nullable Object> fields() {
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
        "run_id",
        run.value(),
        "vm",
        vm.value(),
        "status",
        status.id(),
        "report_path",
        file.toString(),
        "size_bytes",
        sizeBytes,
        "files",
        files.stream()
            .map(file -> Fields.of("name", file.name(), "size_bytes", file.sizeBytes()))
            .toList(),
        "left_out",
        leftOut.stream()
            .map(missing -> Fields.of("name", missing.name(), "reason", missing.reason()))
            .toList(),
        "removed_env",
        removedEnv);
  }
}
