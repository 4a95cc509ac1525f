package dev.castra.operation;

import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import dev.castra.run.RunId;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code castra stamps} answers.
 *
 * @param stamps by VM in file order, those of VMs that left castra.toml last; the newest run's
 *     first
 */
public record StampsReport(String project, Path stateRoot, List<Stamp> stamps) {
  public StampsReport {
    stamps = List.copyOf(stamps);
  }

  /**
   * One stamp.
   *
   * @param run the run that wrote it
   * @param ageMs milliseconds since then
   * @param diskState {@code present}, {@code missing} (the VM's, but its file is gone), {@code
   *     retired} (moved aside), {@code removed} or {@code replaced} (of a machine that Castra did
   *     not make: another SSH host key stands for the VM)
   * @param supersededBy the newest successful run on the disk, if it is another
   */
  public record Stamp(
      VmName vm,
      StampState state,
      RunId run,
      Instant stampedAt,
      long ageMs,
      Sha256 baseImageHash,
      Sha256 artifactHash,
      DiskId disk,
      String diskState,
      Optional<RunId> supersededBy,
      Optional<Withdrawal> withdrawal) {}

  /**
   * @param run the run that left the disk unknown; empty if {@code castra stamps rm} did it
   */
  public record Withdrawal(Instant at, long ageMs, Optional<RunId> run) {}

  /** The JSON form. */
  public Map<String, @Nullable Object> fields() {
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
        "project",
        project,
        "state_root",
        stateRoot.toString(),
        "stamps",
        stamps.stream().map(StampsReport::fields).toList());
  }

  private static Map<String, @Nullable Object> fields(Stamp stamp) {
    return Fields.of(
        "vm",
        stamp.vm().value(),
        "state",
        stamp.state().id(),
        "run_id",
        stamp.run().value(),
        "stamped_at",
        stamp.stampedAt().toString(),
        "age_ms",
        stamp.ageMs(),
        "base_image_hash",
        stamp.baseImageHash().hex(),
        "bootstrap_artifact_hash",
        stamp.artifactHash().hex(),
        "disk_id",
        stamp.disk().toString(),
        "disk_state",
        stamp.diskState(),
        "superseded_by_run_id",
        stamp.supersededBy().map(RunId::value).orElse(null),
        "withdrawn_at",
        stamp.withdrawal().map(withdrawal -> withdrawal.at().toString()).orElse(null),
        "withdrawn_by_run_id",
        stamp.withdrawal().flatMap(Withdrawal::run).map(RunId::value).orElse(null));
  }
}
