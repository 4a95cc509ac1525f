package dev.castra.store;

import static dev.castra.store.jooq.Tables.RUNS;
import static dev.castra.store.jooq.Tables.STAMPS;
import static dev.castra.store.jooq.Tables.STEP_LOGS;
import static dev.castra.store.jooq.Tables.VMS;

import dev.castra.bootstrap.StampFacts;
import dev.castra.event.CastraEvent;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.store.jooq.tables.records.RunsRecord;
import dev.castra.vm.BootId;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** Runs: starting them, and what they leave for the next decision. */
public final class RunStore {
  /** More castra processes than this do not die in a row. */
  private static final int MOST_ATTEMPTS = 50;

  private final Database database;
  private final EventLog events;

  public RunStore(Database database, EventLog events) {
    this.database = database;
    this.events = events;
  }

  /** Opens a run and tells of it. */
  public OpenRun start(RunStart start) {
    RunId id =
        events.commit(
            false,
            sql -> {
              RunId run = insert(sql, start);
              return new EventLog.Written<>(run, List.of(startedEvent(start, run)));
            });
    return new OpenRun(events, start, id);
  }

  private RunId insert(DSLContext sql, RunStart start) {
    ArtifactStore.save(sql, start.artifact(), events.now());
    Optional<RunId> earlierTry =
        sql.select(RUNS.RUN_ID)
            .from(RUNS)
            .where(RUNS.ATTEMPT_KEY.eq(start.attemptKey()))
            .fetchOptional(row -> new RunId(row.value1()));
    RunId run = earlierTry.orElseGet(() -> insertRow(sql, start));
    sql.update(VMS)
        .set(VMS.CURRENT_RUN_ID, run.value())
        .where(VMS.VM.eq(start.vm().value()))
        .execute();
    return run;
  }

  private RunId insertRow(DSLContext sql, RunStart start) {
    return new RunId(
        sql.insertInto(RUNS)
            .set(RUNS.ATTEMPT_KEY, start.attemptKey())
            .set(RUNS.INVOCATION_ID, events.invocation().id())
            .set(RUNS.VM, start.vm().value())
            .set(RUNS.DISK_ID, start.disk().value())
            .set(RUNS.BASE_IMAGE_HASH, start.baseImageHash().hex())
            .set(RUNS.BOOTSTRAP_ARTIFACT_HASH, start.artifact().hash().hex())
            .set(RUNS.RUN_TRIGGER, start.trigger().id())
            .set(RUNS.REASON, Text.atMost(1000, start.reason()))
            .set(RUNS.STATUS, RunStatus.RUNNING.id())
            .set(RUNS.STARTED_AT, Times.utc(events.now()))
            .returningResult(RUNS.RUN_ID)
            .fetchSingle()
            .value1());
  }

  private static CastraEvent startedEvent(RunStart start, RunId run) {
    return new CastraEvent.BootstrapStarted(
        start.vm(),
        run,
        start.baseImageHash(),
        start.artifact().hash(),
        start.trigger(),
        start.reason(),
        start.usual());
  }

  /** Facts about the VM's present disk for a decision on {@code artifactHash}. */
  public StampFacts facts(DiskRecord disk, Optional<Sha256> artifactHash) {
    return database.transaction(
        sql ->
            new StampFacts(
                artifactHash.flatMap(hash -> countingStamp(sql, disk, hash)),
                disk.lastSuccess().flatMap(run -> pastRun(sql, RUNS.RUN_ID.eq(run.value()))),
                pastRun(sql, RUNS.DISK_ID.eq(disk.id().value())),
                Optional.empty()));
  }

  /** A stamp counts if this disk holds it and the newest successful run on the disk wrote it. */
  private static Optional<RunId> countingStamp(DSLContext sql, DiskRecord disk, Sha256 artifact) {
    return sql.select(STAMPS.RUN_ID)
        .from(STAMPS)
        .where(STAMPS.VM.eq(disk.vm().value()))
        .and(STAMPS.BASE_IMAGE_HASH.eq(disk.baseImageHash().hex()))
        .and(STAMPS.BOOTSTRAP_ARTIFACT_HASH.eq(artifact.hex()))
        .and(STAMPS.DISK_ID.eq(disk.id().value()))
        .and(STAMPS.WITHDRAWN_AT.isNull())
        .fetchOptional(row -> new RunId(row.value1()))
        .filter(run -> disk.lastSuccess().filter(run::equals).isPresent());
  }

  private static Optional<StampFacts.PastRun> pastRun(DSLContext sql, Condition which) {
    return sql.selectFrom(RUNS)
        .where(which)
        .and(RUNS.STATUS.ne(RunStatus.RUNNING.id()))
        .orderBy(RUNS.RUN_ID.desc())
        .limit(1)
        .fetchOptional(row -> toPastRun(sql, row));
  }

  private static StampFacts.PastRun toPastRun(DSLContext sql, RunsRecord row) {
    Sha256 artifact = new Sha256(row.getBootstrapArtifactHash());
    return new StampFacts.PastRun(
        new RunId(row.getRunId()),
        RunStatus.of(row.getStatus()),
        Optional.ofNullable(row.getFailedStep()),
        artifact,
        ArtifactStore.load(sql, artifact));
  }

  /** Runs of the VM without a final status. Call with the VM's claim: then their doers are dead. */
  public List<UnfinishedRun> unfinished(VmName vm) {
    return database.transaction(
        sql ->
            sql.selectFrom(RUNS)
                .where(RUNS.VM.eq(vm.value()))
                .and(RUNS.STATUS.eq(RunStatus.RUNNING.id()))
                .orderBy(RUNS.VM, RUNS.RUN_ID)
                .fetch(row -> toUnfinished(sql, row)));
  }

  private static UnfinishedRun toUnfinished(DSLContext sql, RunsRecord row) {
    return new UnfinishedRun(
        new RunId(row.getRunId()),
        row.getAttemptKey(),
        new VmName(row.getVm()),
        Trigger.of(row.getRunTrigger()),
        row.getReason(),
        new Sha256(row.getBaseImageHash()),
        new Sha256(row.getBootstrapArtifactHash()),
        Optional.ofNullable(row.getBootId()).map(BootId::new),
        Optional.ofNullable(row.getCurrentStep()).map(StepKind::of),
        row.getStartedAt().toInstant(),
        steps(sql, new RunId(row.getRunId())));
  }

  static List<StepRecord> steps(DSLContext sql, RunId run) {
    return sql.selectFrom(STEP_LOGS)
        .where(STEP_LOGS.RUN_ID.eq(run.value()))
        .orderBy(STEP_LOGS.POSITION)
        .fetch(
            row ->
                new StepRecord(
                    StepKind.of(row.getStep()),
                    StepStatus.of(row.getStatus()),
                    row.getStartedAt().toInstant(),
                    row.getDurationMs(),
                    row.getDetail()));
  }

  /**
   * Attempts with this artifact, newest first, that were interrupted in this boot since a run on
   * this disk came to its own end: a script of theirs may still be running. A run that failed
   * before it changed anything in the guest left such a script alone.
   *
   * @param boot empty for a machine that Castra does not boot
   */
  public List<UUID> interruptedAttempts(DiskId disk, Optional<BootId> boot, Sha256 artifactHash) {
    return database.transaction(
        sql ->
            sql
                .selectFrom(RUNS)
                .where(RUNS.DISK_ID.eq(disk.value()))
                .and(RUNS.STATUS.ne(RunStatus.RUNNING.id()))
                .orderBy(RUNS.RUN_ID.desc())
                .limit(MOST_ATTEMPTS)
                .fetch()
                .stream()
                .takeWhile(row -> isInterrupted(row) || failedEarly(row))
                .filter(RunStore::isInterrupted)
                .filter(row -> boot.map(BootId::value).equals(Optional.ofNullable(row.getBootId())))
                .filter(row -> artifactHash.hex().equals(row.getBootstrapArtifactHash()))
                .map(RunsRecord::getAttemptKey)
                .toList());
  }

  private static boolean isInterrupted(RunsRecord row) {
    return row.getStatus().equals(RunStatus.INTERRUPTED.id());
  }

  private static boolean failedEarly(RunsRecord row) {
    return row.getStatus().equals(RunStatus.FAILED.id())
        && row.getFailedStep() != null
        && StepKind.of(row.getFailedStep()).compareTo(StepKind.TRANSFER) < 0;
  }

  /** Takes up a run whose doer died, to give it its final status. */
  public OpenRun reopen(UnfinishedRun run) {
    return new OpenRun(events, run);
  }
}
