package dev.castra.event;

import dev.castra.run.OutcomeStatus;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.Trigger;
import dev.castra.run.UsualTimes;
import dev.castra.vm.DiskId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened. The record's name is the {@code type} in JSON; {@link #fields()} are the
 * event's own JSON fields, in order and in snake_case. Fields are only ever added.
 */
public sealed interface CastraEvent {
  /** Version of the JSON form, in every event as {@code schema_version}. */
  int SCHEMA_VERSION = 1;

  /** The event's own fields; values are strings, numbers, booleans, null, lists and maps. */
  Map<String, @Nullable Object> fields();

  default String type() {
    return getClass().getSimpleName();
  }

  default Optional<VmName> vm() {
    return Optional.empty();
  }

  default Optional<RunId> run() {
    return Optional.empty();
  }

  /** An event about one VM. */
  sealed interface OfVm extends CastraEvent {
    VmName name();

    @Override
    default Optional<VmName> vm() {
      return Optional.of(name());
    }
  }

  /** An event of one run. */
  sealed interface OfRun extends OfVm {
    RunId runId();

    @Override
    default Optional<RunId> run() {
      return Optional.of(runId());
    }
  }

  /** A castra command that changes things has begun. */
  record UpStarted(String project, List<VmName> vms) implements CastraEvent {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of("project", project, "vms", vms.stream().map(VmName::value).toList());
    }
  }

  /** Every VM of an {@code up} has its outcome; {@code outcomes} is in file order. */
  record UpCompleted(int exitCode, long durationMs, List<Outcome> outcomes) implements CastraEvent {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of(
          "exit_code",
          exitCode,
          "duration_ms",
          durationMs,
          "outcomes",
          outcomes.stream().map(Outcome::fields).toList());
    }
  }

  /** What Castra will do about one VM's bootstrap, and why. */
  record BootstrapPlanned(VmName name, String action, String mode, String reason) implements OfVm {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of("action", action, "mode", mode, "reason", reason);
    }
  }

  /**
   * The identity of a machine that is not Castra's was recorded.
   *
   * @param baseImageHash SHA-256 of its SSH host key
   * @param fingerprint the same as OpenSSH prints it
   */
  record MachinePinned(
      VmName name, DiskId disk, Sha256 baseImageHash, String address, String fingerprint)
      implements OfVm {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of(
          "disk_id",
          disk.toString(),
          "base_image_hash",
          baseImageHash.hex(),
          "address",
          address,
          "fingerprint",
          fingerprint);
    }
  }

  /**
   * A run has begun and has a row in the database.
   *
   * @param usual what past runs let expect; its steps are not in the JSON form
   */
  record BootstrapStarted(
      VmName name,
      RunId runId,
      Sha256 baseImageHash,
      Sha256 artifactHash,
      Trigger trigger,
      String reason,
      Optional<UsualTimes> usual)
      implements OfRun {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of(
          "base_image_hash",
          baseImageHash.hex(),
          "bootstrap_artifact_hash",
          artifactHash.hex(),
          "trigger",
          trigger.id(),
          "reason",
          reason,
          "usual_duration_ms",
          usual
              .map(UsualTimes::durationMs)
              .filter(OptionalLong::isPresent)
              .map(OptionalLong::getAsLong)
              .orElse(null));
    }
  }

  /** A step of a run has ended. */
  record BootstrapStep(VmName name, RunId runId, StepRecord step) implements OfRun {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of(
          "step",
          step.step().id(),
          "status",
          step.status().id(),
          "duration_ms",
          step.durationMs(),
          "detail",
          step.detail());
    }
  }

  /**
   * A VM's bootstrap ended well, or there was nothing to do.
   *
   * @param runId the run; absent if none was needed
   * @param logPath durable log; absent if there was no run
   */
  record BootstrapCompleted(
      VmName name,
      Optional<RunId> runId,
      OutcomeStatus status,
      Optional<Sha256> baseImageHash,
      Optional<Sha256> artifactHash,
      String reason,
      long durationMs,
      Optional<String> logPath)
      implements OfVm {
    @Override
    public Optional<RunId> run() {
      return runId;
    }

    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of(
          "status",
          status.name(),
          "base_image_hash",
          baseImageHash.map(Sha256::hex).orElse(null),
          "bootstrap_artifact_hash",
          artifactHash.map(Sha256::hex).orElse(null),
          "reason",
          reason,
          "duration_ms",
          durationMs,
          "log_path",
          logPath.orElse(null));
    }
  }

  /**
   * A run ended without success.
   *
   * @param status {@code FAILED} or {@code INTERRUPTED}
   * @param logPath durable log; empty if it could not even be begun
   */
  record BootstrapFailed(
      VmName name,
      RunId runId,
      RunStatus status,
      Optional<String> step,
      String error,
      String hint,
      long durationMs,
      Optional<String> logPath)
      implements OfRun {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of(
          "status",
          status.id(),
          "step",
          step.orElse(null),
          "error",
          error,
          "hint",
          hint,
          "duration_ms",
          durationMs,
          "log_path",
          logPath.orElse(null));
    }
  }

  /**
   * A remark that is no failure.
   *
   * @param level {@code info} or {@code warning}
   * @param slowStep what it is about, if about that
   */
  record Diagnostic(
      Optional<VmName> about,
      String level,
      String code,
      String message,
      Optional<SlowStep> slowStep)
      implements CastraEvent {
    public Diagnostic(Optional<VmName> about, String level, String code, String message) {
      this(about, level, code, message, Optional.empty());
    }

    @Override
    public Optional<VmName> vm() {
      return about;
    }

    @Override
    public Optional<RunId> run() {
      return slowStep.map(SlowStep::runId);
    }

    @Override
    public Map<String, @Nullable Object> fields() {
      Optional<UsualTimes.Slow> slow = slowStep.map(SlowStep::slow);
      return Fields.of(
          "level",
          level,
          "code",
          code,
          "message",
          message,
          "step",
          slow.map(UsualTimes.Slow::step).map(StepKind::id).orElse(null),
          "elapsed_ms",
          slow.map(UsualTimes.Slow::elapsedMs).orElse(null),
          "usually_at_most_ms",
          slow.map(UsualTimes.Slow::p95Ms).orElse(null));
    }
  }

  /** A step of a run that takes far longer than it usually does. */
  record SlowStep(RunId runId, UsualTimes.Slow slow) {}

  /** A fresh overlay exists for the VM. */
  record DiskCreated(VmName name, DiskId disk, Sha256 baseImageHash, String path) implements OfVm {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of(
          "disk_id", disk.toString(), "base_image_hash", baseImageHash.hex(), "path", path);
    }
  }

  /** An overlay is no longer the VM's; its file stays until it is cleaned away. */
  record DiskRetired(VmName name, DiskId disk, String reason, String path) implements OfVm {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of("disk_id", disk.toString(), "reason", reason, "path", path);
    }
  }

  /**
   * A user took back the stamp of a VM's present disk.
   *
   * @param runId the run that had written it
   */
  record StampWithdrawn(VmName name, RunId runId, Sha256 baseImageHash, Sha256 artifactHash)
      implements OfRun {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of(
          "base_image_hash", baseImageHash.hex(), "bootstrap_artifact_hash", artifactHash.hex());
    }
  }

  /** The QEMU process of a VM runs. */
  record VmStarted(VmName name, long pid, String accel, List<ForwardedPort> ports) implements OfVm {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of(
          "pid", pid, "accel", accel, "ports", ports.stream().map(Fields::ofPort).toList());
    }
  }

  /** The guest gave its first authenticated answer in this boot. */
  record HandshakeCompleted(VmName name, long durationMs, int attempts) implements OfVm {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of("duration_ms", durationMs, "attempts", attempts);
    }
  }

  /** A VM could not be brought up although no bootstrap was due. */
  record VmFailed(
      VmName name,
      String error,
      String hint,
      Optional<String> logPath,
      Optional<SilentGuest> silentGuest)
      implements OfVm {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of(
          "error",
          error,
          "hint",
          hint,
          "log_path",
          logPath.orElse(null),
          "failure_class",
          silentGuest.map(SilentGuest::failureClass).orElse(null),
          "serial_finding",
          silentGuest.flatMap(SilentGuest::serialFinding).orElse(null),
          "serial_tail",
          silentGuest.map(SilentGuest::serialTail).orElse(null));
    }
  }

  /** Somebody asked for the VM to stop. */
  record ShutdownRequested(VmName name, long pid) implements OfVm {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of("pid", pid);
    }
  }

  /** The guest was asked to power itself off. */
  record CooperativeAttempted(VmName name, String method, long timeoutMs) implements OfVm {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of("method", method, "timeout_ms", timeoutMs);
    }
  }

  /** The guest powered itself off. */
  record CooperativeSucceeded(VmName name, long durationMs) implements OfVm {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of("duration_ms", durationMs);
    }
  }

  /** The guest did not power itself off. */
  record CooperativeTimedOut(VmName name, String reason) implements OfVm {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of("reason", reason);
    }
  }

  /** A signal was sent to the QEMU process. */
  record ShutdownEscalated(VmName name, String signal) implements OfVm {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of("signal", signal);
    }
  }

  /** The attempt to stop a VM is over. */
  record ShutdownComplete(VmName name, String outcome, long totalMs) implements OfVm {
    @Override
    public Map<String, @Nullable Object> fields() {
      return Fields.of("outcome", outcome, "total_ms", totalMs);
    }
  }
}
