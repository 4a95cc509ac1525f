package dev.castra.operation;

import dev.castra.bootstrap.RunFailure;
import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import dev.castra.guest.Console;
import dev.castra.guest.HandshakeResult.NotShaken;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.Trigger;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the JSON half of a durable run log says. */
record RunFacts(
    RunId run,
    VmName vm,
    Trigger trigger,
    String reason,
    Sha256 baseImageHash,
    Sha256 artifactHash,
    Instant startedAt) {

  Map<String, @Nullable Object> fields(
      RunStatus status,
      Instant endedAt,
      long durationMs,
      List<StepRecord> steps,
      Optional<RunFailure> failure,
      String textLog) {
    Optional<NotShaken> unanswered = failure.flatMap(RunFailure::unanswered);
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
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
        "base_image_hash",
        baseImageHash.hex(),
        "bootstrap_artifact_hash",
        artifactHash.hex(),
        "started_at",
        startedAt.toString(),
        "ended_at",
        endedAt.toString(),
        "duration_ms",
        durationMs,
        "steps",
        steps.stream().map(RunFacts::step).toList(),
        "failed_step",
        failure.flatMap(RunFailure::step).map(StepKind::id).orElse(null),
        "error_code",
        failure.map(cause -> cause.code().id()).orElse(null),
        "error",
        failure.map(RunFailure::error).orElse(null),
        "hint",
        failure.map(RunFailure::hint).orElse(null),
        "failure_class",
        unanswered.map(not -> not.failure().id()).orElse(null),
        "serial_finding",
        unanswered.flatMap(NotShaken::finding).map(Console.Finding::id).orElse(null),
        "serial_tail",
        unanswered.map(NotShaken::consoleTail).orElse(null),
        "output_log",
        textLog);
  }

  private static Map<String, @Nullable Object> step(StepRecord step) {
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
}
