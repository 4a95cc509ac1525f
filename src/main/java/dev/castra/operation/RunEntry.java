package dev.castra.operation;

import dev.castra.event.Fields;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.store.RecordedRun;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One run in an answer about the past.
 *
 * @param status {@code RUNNING} only while the process that carries it out lives
 * @param ageMs milliseconds since it started
 * @param durationMs of a run under way: so far; empty if it was left behind without an end
 * @param currentStep the step a run without an end is at, or was left behind in
 * @param failedStep id of the step it failed in
 * @param logPath durable log; empty until the run has ended
 */
public record RunEntry(
    RunId run,
    VmName vm,
    RunStatus status,
    Trigger trigger,
    String reason,
    Instant startedAt,
    long ageMs,
    Optional<Instant> endedAt,
    Optional<Long> durationMs,
    Optional<String> currentStep,
    Optional<String> failedStep,
    Optional<String> error,
    Sha256 baseImageHash,
    Sha256 artifactHash,
    Optional<String> logPath) {

  static RunEntry of(RecordedRun run, Instant now) {
    long ageMs = Math.max(0, Duration.between(run.startedAt(), now).toMillis());
    return new RunEntry(
        run.id(),
        run.vm(),
        run.status(),
        run.trigger(),
        run.reason(),
        run.startedAt(),
        ageMs,
        run.endedAt(),
        run.status() == RunStatus.RUNNING ? Optional.of(ageMs) : run.durationMs(),
        run.currentStep().map(StepKind::id),
        run.failedStep(),
        run.error(),
        run.baseImageHash(),
        run.artifactHash(),
        run.logPath());
  }

  /** The JSON form. */
  public Map<String, @Nullable Object> fields() {
    return Fields.of(
        "run_id",
        run.value(),
        "vm",
        vm.value(),
        "status",
        status.id(),
        "trigger",
        trigger.id(),
        "reason",
        reason,
        "started_at",
        startedAt.toString(),
        "age_ms",
        ageMs,
        "ended_at",
        endedAt.map(Instant::toString).orElse(null),
        "duration_ms",
        durationMs.orElse(null),
        "current_step",
        currentStep.orElse(null),
        "failed_step",
        failedStep.orElse(null),
        "error",
        error.orElse(null),
        "base_image_hash",
        baseImageHash.hex(),
        "bootstrap_artifact_hash",
        artifactHash.hex(),
        "log_path",
        logPath.orElse(null));
  }
}
