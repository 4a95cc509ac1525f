package dev.castra.store;

import dev.castra.run.RunId;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.Trigger;
import dev.castra.vm.BootId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A run that has no final status: it is under way, or whoever carried it out died. */
public record UnfinishedRun(
    RunId id,
    UUID attemptKey,
    VmName vm,
    Trigger trigger,
    String reason,
    Sha256 baseImageHash,
    Sha256 artifactHash,
    Optional<BootId> boot,
    Optional<StepKind> step,
    Instant startedAt,
    List<StepRecord> steps) {}
