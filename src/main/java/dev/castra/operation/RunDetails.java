package dev.castra.operation;

import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepRecord;
import dev.castra.vm.BootId;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code castra history show} answers about one run.
 *
 * @param errorCode stable name of the error
 * @param command the castra command that carried the run out
 * @param foreign whether the machine is not Castra's
 * @param current the step under way
 * @param outputPath what the guest printed; the file as it is named now, empty if it is gone
 * @param reportPath archive for others to read; empty if there is none
 * @param before the run before it on the same VM
 */
public record RunDetails(
    RunEntry entry,
    Optional<String> errorCode,
    Optional<String> hint,
    DiskId disk,
    Optional<BootId> boot,
    String command,
    String castraVersion,
    boolean foreign,
    List<StepRecord> steps,
    Optional<CurrentStep> current,
    Optional<String> outputPath,
    Optional<String> reportPath,
    Optional<Before> before) {
  public RunDetails {
    steps = List.copyOf(steps);
  }

  /**
   * @param elapsedMs milliseconds since it began
   */
  public record CurrentStep(String step, Instant startedAt, long elapsedMs) {}

  /**
   * The run before, and what is different since.
   *
   * @param sameDisk whether it worked on the same disk, or the same installation of a machine
   * @param changes of the artifact, one phrase each
   */
  public record Before(
      RunId run, RunStatus status, Sha256 baseImageHash, boolean sameDisk, List<String> changes) {
    public Before {
      changes = List.copyOf(changes);
    }
  }

  /** The JSON form. */
  public Map<String, @Nullable Object> fields() {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("schema_version", CastraEvent.SCHEMA_VERSION);
    fields.putAll(entry.fields());
    fields.putAll(
        Fields.of(
            "error_code",
            errorCode.orElse(null),
            "hint",
            hint.orElse(null),
            "disk_id",
            disk.toString(),
            "boot_id",
            boot.map(BootId::toString).orElse(null),
            "command",
            command,
            "castra_version",
            castraVersion,
            "steps",
            stepFields(),
            "step_under_way",
            current.map(RunDetails::fields).orElse(null),
            "output_path",
            outputPath.orElse(null),
            "report_path",
            reportPath.orElse(null),
            "since_run_before",
            before.map(this::fields).orElse(null)));
    return fields;
  }

  /** The steps that ended. */
  private List<Map<String, @Nullable Object>> stepFields() {
    return steps.stream().map(RunDetails::fields).toList();
  }

  private static Map<String, @Nullable Object> fields(StepRecord step) {
    return Fields.of(
        "step",
        step.step().id(),
        "status",
        step.status().id(),
        "started_at",
        step.startedAt().toString(),
        "duration_ms",
        step.durationMs(),
        "detail",
        step.detail());
  }

  private static Map<String, @Nullable Object> fields(CurrentStep step) {
    return Fields.of(
        "step",
        step.step(),
        "started_at",
        step.startedAt().toString(),
        "elapsed_ms",
        step.elapsedMs());
  }

  private Map<String, @Nullable Object> fields(Before earlier) {
    return Fields.of(
        "run_id",
        earlier.run().value(),
        "status",
        earlier.status().id(),
        "base_image_hash",
        earlier.baseImageHash().hex(),
        "base_image_changed",
        !earlier.baseImageHash().equals(entry.baseImageHash()),
        "disk_changed",
        !earlier.sameDisk(),
        "changes",
        earlier.changes());
  }
}
