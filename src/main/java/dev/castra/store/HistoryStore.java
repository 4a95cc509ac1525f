package dev.castra.store;

import static dev.castra.store.jooq.Tables.DISKS;
import static dev.castra.store.jooq.Tables.EVENTS;
import static dev.castra.store.jooq.Tables.RUNS;
import static dev.castra.store.jooq.Tables.STAMPS;
import static dev.castra.store.jooq.Tables.STEP_LOGS;
import static dev.castra.store.jooq.Tables.VMS;

import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** Forgets old runs; see {@link Leftovers} for what was only known because of them. */
public final class HistoryStore {
  private final Database database;

  public HistoryStore(Database database) {
    this.database = database;
  }

  /** A run that nothing depends on any more. */
  public record OldRun(RunId id, VmName vm, RunStatus status, Instant endedAt) {}

  /** VMs with runs, among them those that left castra.toml. */
  public List<VmName> vms() {
    return database.transaction(
        sql -> sql.select(VMS.VM).from(VMS).orderBy(VMS.VM).fetch(row -> new VmName(row.value1())));
  }

  public boolean isRecorded(RunId run) {
    return database.transaction(sql -> sql.fetchExists(RUNS, RUNS.RUN_ID.eq(run.value())));
  }

  /**
   * Runs of the VM beyond the newest {@code keepRuns}, or that ended before {@code cutoff}; oldest
   * first. Never one that is under way, that a stamp, a disk or the VM points at, or whose script
   * the next run may find still running.
   */
  public List<OldRun> old(VmName vm, OptionalInt keepRuns, Instant cutoff) {
    return database.transaction(
        sql -> {
          Set<Long> kept = pointedAt(sql, vm);
          Condition beyond =
              keepRuns.isPresent()
                  ? RUNS.RUN_ID.lt(newest(sql, vm, keepRuns.getAsInt()))
                  : DSL.falseCondition();
          return sql
              .select(RUNS.RUN_ID, RUNS.STATUS, RUNS.ENDED_AT)
              .from(RUNS)
              .where(RUNS.VM.eq(vm.value()))
              .and(RUNS.STATUS.ne("running"))
              .and(beyond.or(RUNS.ENDED_AT.lt(Times.utc(cutoff))))
              .and(RUNS.STATUS.ne("interrupted").or(RUNS.RUN_ID.lt(lastWithAnEnd(sql, vm))))
              .orderBy(RUNS.RUN_ID)
              .fetch()
              .stream()
              .filter(row -> !kept.contains(row.value1()))
              .map(
                  row ->
                      new OldRun(
                          new RunId(row.value1()),
                          vm,
                          RunStatus.of(row.value2()),
                          row.value3().toInstant()))
              .toList();
        });
  }

  private static Set<Long> pointedAt(DSLContext sql, VmName vm) {
    Set<Long> kept = new HashSet<>();
    for (Field<Long> field : List.of(STAMPS.RUN_ID, STAMPS.WITHDRAWN_BY_RUN_ID)) {
      kept.addAll(sql.select(field).from(STAMPS).where(STAMPS.VM.eq(vm.value())).fetch(field));
    }
    kept.addAll(
        sql.select(DISKS.LAST_SUCCESS_RUN_ID)
            .from(DISKS)
            .where(DISKS.VM.eq(vm.value()))
            .and(DISKS.STATE.ne("removed"))
            .fetch(DISKS.LAST_SUCCESS_RUN_ID));
    for (Field<Long> field : List.of(VMS.CURRENT_RUN_ID, VMS.LAST_RUN_ID)) {
      kept.addAll(sql.select(field).from(VMS).where(VMS.VM.eq(vm.value())).fetch(field));
    }
    return kept;
  }

  /** Id of the oldest of the VM's newest {@code count} runs; 0 if there are no more than those. */
  private static long newest(DSLContext sql, VmName vm, int count) {
    Long id =
        sql.select(RUNS.RUN_ID)
            .from(RUNS)
            .where(RUNS.VM.eq(vm.value()))
            .orderBy(RUNS.VM.desc(), RUNS.RUN_ID.desc())
            .offset(count - 1)
            .limit(1)
            .fetchOne(RUNS.RUN_ID);
    return id == null ? 0 : id;
  }

  /** Newest run that was not interrupted: what was before it is not taken over any more. */
  private static long lastWithAnEnd(DSLContext sql, VmName vm) {
    Long id =
        sql.select(DSL.max(RUNS.RUN_ID))
            .from(RUNS)
            .where(RUNS.VM.eq(vm.value()))
            .and(RUNS.STATUS.in("success", "noop", "failed"))
            .fetchSingle()
            .value1();
    return id == null ? 0 : id;
  }

  /**
   * Deletes the runs with their steps and events, in one transaction. Repeatable.
   *
   * @param runs as {@link #old} found them, a few hundred at most
   * @return events deleted
   */
  public int delete(Collection<RunId> runs) {
    List<Long> ids = runs.stream().map(RunId::value).toList();
    return database.transaction(
        sql -> {
          sql.deleteFrom(STEP_LOGS).where(STEP_LOGS.RUN_ID.in(ids)).execute();
          int events = sql.deleteFrom(EVENTS).where(EVENTS.RUN_ID.in(ids)).execute();
          // Disks that are gone; nobody asks any more what succeeded on them.
          sql.update(DISKS)
              .setNull(DISKS.LAST_SUCCESS_RUN_ID)
              .where(DISKS.LAST_SUCCESS_RUN_ID.in(ids))
              .execute();
          sql.deleteFrom(RUNS).where(RUNS.RUN_ID.in(ids)).execute();
          return events;
        });
  }
}
