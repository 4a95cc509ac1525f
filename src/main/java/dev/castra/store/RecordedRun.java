package dev.castra.store;

import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.vm.BootId;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.Optional;

/**
 * A run as its row tells it.
 *
 * @param status {@code RUNNING} only while the process that carries it out lives; one left behind
 *     is {@code INTERRUPTED}, which is what the next castra will make of it
 * @param currentStep of a run without an end
 * @param errorCode stable name of the error
 * @param logPath durable log, recorded with the end
 * @param durationMs recorded with the end
 */
public record RecordedRun(
    RunId id,
    VmName vm,
    DiskId disk,
    Optional<BootId> boot,
    Sha256 baseImageHash,
    Sha256 artifactHash,
    Trigger trigger,
    String reason,
    RunStatus status,
    Optional<StepKind> currentStep,
    Optional<Instant> currentStepStartedAt,
    Optional<String> failedStep,
    Optional<String> errorCode,
    Optional<String> error,
    Optional<String> hint,
    Optional<String> logPath,
    Instant startedAt,
    Optional<Instant> endedAt,
    Optional<Long> durationMs) {}
