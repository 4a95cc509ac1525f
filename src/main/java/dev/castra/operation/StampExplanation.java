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
 * What {@code castra stamps explain} answers about one VM.
 *
 * @param stamp what its present disk holds; empty if that is nothing or not certain
 * @param noStampReason why there is no stamp; empty if there is one
 * @param worker the castra that works on the VM at this moment
 */
public record StampExplanation(
    VmName vm,
    Optional<Disk> disk,
    Optional<Stamp> stamp,
    Optional<String> noStampReason,
    Optional<Worker> worker,
    Next next) {

  /**
   * The VM's present disk.
   *
   * @param state {@code present}, {@code unfinished} or {@code missing} (its file is gone)
   */
  public record Disk(
      DiskId id, String state, Path path, Path baseImagePath, Sha256 baseImageHash) {}

  /** A stamp that counts, the run that wrote it, and the artifact that run applied. */
  public record Stamp(
      RunId run,
      Instant stampedAt,
      long ageMs,
      Sha256 baseImageHash,
      Sha256 artifactHash,
      String trigger,
      String reason,
      long durationMs,
      Optional<String> logPath,
      long payloadBytes,
      List<Entry> entries) {
    public Stamp {
      entries = List.copyOf(entries);
    }
  }

  /**
   * One part of an artifact.
   *
   * @param mode permission bits; empty where there are none
   * @param sizeBytes length of the content; empty where that is nobody's business
   * @param sha256 empty for env entries, whose values are secrets
   */
  public record Entry(
      String kind,
      String name,
      Optional<Integer> mode,
      Optional<Long> sizeBytes,
      Optional<Sha256> sha256) {}

  /** A live castra process that announced itself on the VM. */
  public record Worker(long pid, String command, Instant since) {}

  /**
   * What the next {@code castra up} would do.
   *
   * @param action {@code run}, {@code noop}, {@code skip}, {@code error}, {@code wait} (for a run
   *     that is under way) or {@code none} (castra.toml no longer has the VM)
   * @param hint what to do about an error
   * @param baseImageHash of the base image as it is now; empty if that is not known
   * @param artifactHash of the artifact as it is now; empty if there is none or it is not known
   * @param changesSince the newest successful run on the disk
   * @param changes of the artifact since that run, one phrase each
   */
  public record Next(
      String action,
      Optional<String> mode,
      String reason,
      Optional<String> hint,
      Optional<Sha256> baseImageHash,
      Optional<Sha256> artifactHash,
      Optional<RunId> changesSince,
      List<String> changes) {
    public Next {
      changes = List.copyOf(changes);
    }

    static Next without(String action, Optional<String> mode, String reason) {
      return new Next(
          action,
          mode,
          reason,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of());
    }

    /** The JSON form. */
    public Map<String, @Nullable Object> fields() {
      return Fields.of(
          "action",
          action,
          "mode",
          mode.orElse(null),
          "reason",
          reason,
          "hint",
          hint.orElse(null),
          "base_image_hash",
          baseImageHash.map(Sha256::hex).orElse(null),
          "bootstrap_artifact_hash",
          artifactHash.map(Sha256::hex).orElse(null),
          "changes_since_run_id",
          changesSince.map(RunId::value).orElse(null),
          "changes",
          changes);
    }
  }

  /** The JSON form. */
  public Map<String, @Nullable Object> fields() {
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
        "vm",
        vm.value(),
        "disk",
        disk.map(StampExplanation::fields).orElse(null),
        "stamp",
        stamp.map(StampExplanation::fields).orElse(null),
        "no_stamp_reason",
        noStampReason.orElse(null),
        "worker",
        worker.map(StampExplanation::fields).orElse(null),
        "next_up",
        next.fields());
  }

  private static Map<String, @Nullable Object> fields(Disk disk) {
    return Fields.of(
        "disk_id",
        disk.id().toString(),
        "state",
        disk.state(),
        "path",
        disk.path().toString(),
        "base_image_path",
        disk.baseImagePath().toString(),
        "base_image_hash",
        disk.baseImageHash().hex());
  }

  private static Map<String, @Nullable Object> fields(Stamp stamp) {
    return Fields.of(
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
        "trigger",
        stamp.trigger(),
        "reason",
        stamp.reason(),
        "duration_ms",
        stamp.durationMs(),
        "log_path",
        stamp.logPath().orElse(null),
        "payload_bytes",
        stamp.payloadBytes(),
        "entries",
        stamp.entries().stream().map(StampExplanation::fields).toList());
  }

  private static Map<String, @Nullable Object> fields(Entry entry) {
    return Fields.of(
        "kind",
        entry.kind(),
        "name",
        entry.name(),
        "mode",
        entry.mode().map("%04o"::formatted).orElse(null),
        "size_bytes",
        entry.sizeBytes().orElse(null),
        "sha256",
        entry.sha256().map(Sha256::hex).orElse(null));
  }

  private static Map<String, @Nullable Object> fields(Worker worker) {
    return Fields.of(
        "pid", worker.pid(), "command", worker.command(), "since", worker.since().toString());
  }
}
