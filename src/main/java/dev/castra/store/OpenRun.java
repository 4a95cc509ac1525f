package dev.castra.store;

import static dev.castra.store.jooq.Tables.DISKS;
import static dev.castra.store.jooq.Tables.RUNS;
import static dev.castra.store.jooq.Tables.STAMPS;
import static dev.castra.store.jooq.Tables.STEP_LOGS;
import static dev.castra.store.jooq.Tables.VMS;

import dev.castra.bootstrap.RunFailure;
import dev.castra.bootstrap.RunJournal;
import dev.castra.event.CastraEvent;
import dev.castra.run.OutcomeStatus;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.Trigger;
import dev.castra.store.jooq.tables.records.RunsRecord;
import dev.castra.vm.BootId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** The record of one run while it is under way. */
public final class OpenRun implements RunJournal {
  private final EventLog events;
  private final VmName vm;
  private final RunId id;
  private final Trigger trigger;
  private final List<StepRecord> steps;
  private @Nullable StepKind current;
  private Optional<String> logPath = Optional.empty();
  private boolean ended;

  OpenRun(EventLog events, RunStart start, RunId id) {
    this(events, start.vm(), id, start.trigger(), List.of());
  }

  /** Goes on where the process that carried {@code run} out died. */
  OpenRun(EventLog events, UnfinishedRun run) {
    this(events, run.vm(), run.id(), run.trigger(), run.steps());
    this.current = run.step().orElse(null);
  }

  private OpenRun(EventLog events, VmName vm, RunId id, Trigger trigger, List<StepRecord> steps) {
    this.events = events;
    this.vm = vm;
    this.id = id;
    this.trigger = trigger;
    this.steps = new ArrayList<>(steps);
  }

  @Override
  public RunId id() {
    return id;
  }

  /** The step under way. */
  public Optional<StepKind> current() {
    return Optional.ofNullable(current);
  }

  /** True once the run has its final status. */
  public boolean ended() {
    return ended;
  }

  /** Finished steps so far. */
  public List<StepRecord> steps() {
    return List.copyOf(steps);
  }

  /** Where the durable log will be; recorded with the final status. */
  public void logsTo(Path log) {
    logPath = Optional.of(log.toString());
  }

  /** The boot this run works in. */
  public void boundTo(BootId boot) {
    events.commit(
        false,
        sql -> {
          sql.update(RUNS)
              .set(RUNS.BOOT_ID, boot.value())
              .where(RUNS.RUN_ID.eq(id.value()))
              .execute();
          return new EventLog.Written<>(0, List.of());
        });
  }

  @Override
  public void stepStarted(StepKind step) {
    current = step;
    events.commit(
        false,
        sql -> {
          sql.update(RUNS)
              .set(RUNS.CURRENT_STEP, step.id())
              .set(RUNS.CURRENT_STEP_STARTED_AT, Times.utc(events.now()))
              .where(RUNS.RUN_ID.eq(id.value()))
              .execute();
          return new EventLog.Written<>(0, List.of());
        });
  }

  @Override
  public void stepEnded(StepRecord step) {
    events.commit(
        false,
        sql -> {
          sql.mergeInto(STEP_LOGS)
              .columns(
                  STEP_LOGS.RUN_ID,
                  STEP_LOGS.STEP,
                  STEP_LOGS.POSITION,
                  STEP_LOGS.STATUS,
                  STEP_LOGS.STARTED_AT,
                  STEP_LOGS.DURATION_MS,
                  STEP_LOGS.DETAIL)
              .key(STEP_LOGS.RUN_ID, STEP_LOGS.STEP)
              .values(
                  id.value(),
                  step.step().id(),
                  step.step().ordinal(),
                  step.status().id(),
                  Times.utc(step.startedAt()),
                  step.durationMs(),
                  Text.atMost(4000, step.detail()))
              .execute();
          return new EventLog.Written<>(0, List.of(new CastraEvent.BootstrapStep(vm, id, step)));
        });
    steps.add(step);
  }

  @Override
  public void completed(RunStatus status, long durationMs) {
    events.commit(
        true,
        sql -> {
          RunsRecord run = finish(sql, status, durationMs, null);
          stamp(sql, run);
          return new EventLog.Written<>(0, List.of(completedEvent(run, status, durationMs)));
        });
    ended = true;
  }

  private CastraEvent completedEvent(RunsRecord run, RunStatus status, long durationMs) {
    return new CastraEvent.BootstrapCompleted(
        vm,
        Optional.of(id),
        status == RunStatus.NOOP ? OutcomeStatus.NoOp : OutcomeStatus.Success,
        Optional.of(new Sha256(run.getBaseImageHash())),
        Optional.of(new Sha256(run.getBootstrapArtifactHash())),
        run.getReason(),
        durationMs,
        logPath);
  }

  @Override
  public void failed(RunStatus status, RunFailure failure, long durationMs) {
    events.commit(
        true,
        sql -> {
          RunsRecord run = finish(sql, status, durationMs, failure);
          if (diskIsNowUnknown()) {
            withdrawStamps(sql, run);
          }
          return new EventLog.Written<>(
              0,
              List.of(
                  new CastraEvent.BootstrapFailed(
                      vm,
                      id,
                      status,
                      failure.step().map(StepKind::id),
                      failure.error(),
                      failure.hint(),
                      durationMs,
                      logPath)));
        });
    ended = true;
  }

  /** A forced run, or any run whose script began, leaves a disk of which nothing is certain. */
  private boolean diskIsNowUnknown() {
    return trigger == Trigger.ALWAYS
        || (current != null && current.changesDisk())
        || steps.stream().anyMatch(step -> step.step() == StepKind.APPLY);
  }

  private RunsRecord finish(
      DSLContext sql, RunStatus status, long durationMs, @Nullable RunFailure failure) {
    sql.update(RUNS)
        .set(RUNS.STATUS, status.id())
        .set(RUNS.ENDED_AT, Times.utc(events.now()))
        .set(RUNS.DURATION_MS, durationMs)
        .set(RUNS.LOG_PATH, logPath.orElse(null))
        .set(RUNS.FAILED_STEP, failure == null ? null : stepOf(failure))
        .set(RUNS.ERROR_CODE, failure == null ? null : failure.code().id())
        .set(RUNS.ERROR, failure == null ? null : Text.atMost(4000, failure.error()))
        .set(RUNS.HINT, failure == null ? null : Text.atMost(4000, failure.hint()))
        .setNull(RUNS.CURRENT_STEP)
        .setNull(RUNS.CURRENT_STEP_STARTED_AT)
        .where(RUNS.RUN_ID.eq(id.value()))
        .execute();
    sql.update(VMS)
        .setNull(VMS.CURRENT_RUN_ID)
        .set(VMS.LAST_RUN_ID, id.value())
        .where(VMS.VM.eq(vm.value()))
        .execute();
    return sql.selectFrom(RUNS).where(RUNS.RUN_ID.eq(id.value())).fetchSingle();
  }

  private static @Nullable String stepOf(RunFailure failure) {
    return failure.step().map(StepKind::id).orElse(null);
  }

  private void stamp(DSLContext sql, RunsRecord run) {
    sql.mergeInto(STAMPS)
        .columns(
            STAMPS.VM,
            STAMPS.BASE_IMAGE_HASH,
            STAMPS.BOOTSTRAP_ARTIFACT_HASH,
            STAMPS.DISK_ID,
            STAMPS.RUN_ID,
            STAMPS.STAMPED_AT,
            STAMPS.WITHDRAWN_AT,
            STAMPS.WITHDRAWN_BY_RUN_ID)
        .key(STAMPS.VM, STAMPS.BASE_IMAGE_HASH, STAMPS.BOOTSTRAP_ARTIFACT_HASH)
        .values(
            run.getVm(),
            run.getBaseImageHash(),
            run.getBootstrapArtifactHash(),
            run.getDiskId(),
            id.value(),
            Times.utc(events.now()),
            null,
            null)
        .execute();
    sql.update(DISKS)
        .set(DISKS.LAST_SUCCESS_RUN_ID, id.value())
        .where(DISKS.DISK_ID.eq(run.getDiskId()))
        .execute();
  }

  private void withdrawStamps(DSLContext sql, RunsRecord run) {
    sql.update(STAMPS)
        .set(STAMPS.WITHDRAWN_AT, Times.utc(events.now()))
        .set(STAMPS.WITHDRAWN_BY_RUN_ID, id.value())
        .where(STAMPS.DISK_ID.eq(run.getDiskId()))
        .and(STAMPS.WITHDRAWN_AT.isNull())
        .execute();
  }
}
