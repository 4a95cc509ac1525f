package dev.castra.store;

import static dev.castra.store.jooq.Tables.ARTIFACTS;
import static dev.castra.store.jooq.Tables.ARTIFACT_ENTRIES;
import static dev.castra.store.jooq.Tables.BOOTS;
import static dev.castra.store.jooq.Tables.CLAIMS;
import static dev.castra.store.jooq.Tables.DISKS;
import static dev.castra.store.jooq.Tables.EVENTS;
import static dev.castra.store.jooq.Tables.HANDSHAKES;
import static dev.castra.store.jooq.Tables.INVOCATIONS;
import static dev.castra.store.jooq.Tables.RUNS;
import static dev.castra.store.jooq.Tables.STAMPS;
import static dev.castra.store.jooq.Tables.STEP_LOGS;
import static dev.castra.store.jooq.Tables.VMS;

import dev.castra.process.ProcessIdentity;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** Forgets old runs and what is only known because of them. */
public final class HistoryStore {
  /** Rows with such a condition are few enough for one short transaction. */
  private static final int AT_ONCE = 200;

  private final Database database;

  public HistoryStore(Database database) {
    this.database = database;
  }

  /** A run that nothing depends on any more. */
  public record OldRun(RunId id, VmName vm, RunStatus status, Instant endedAt) {}

  /**
   * What else was removed.
   *
   * @param events of the commands that are forgotten
   */
  public record Swept(int invocations, int events, int boots, int artifacts) {}

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
          sql.deleteFrom(RUNS).where(RUNS.RUN_ID.in(ids)).execute();
          return events;
        });
  }

  /**
   * Deletes the commands, starts of VMs and artifacts from before {@code cutoff} that no run speaks
   * of any more. Many short transactions, so that work that goes on is not held up.
   */
  public Swept sweep(Instant cutoff) {
    int events = 0;
    List<UUID> invocations = forgottenInvocations(cutoff);
    for (List<UUID> some : batches(invocations)) {
      events +=
          database.transaction(
              sql -> {
                int deleted = sql.deleteFrom(EVENTS).where(EVENTS.INVOCATION_ID.in(some)).execute();
                sql.deleteFrom(INVOCATIONS).where(INVOCATIONS.INVOCATION_ID.in(some)).execute();
                return deleted;
              });
    }
    return new Swept(invocations.size(), events, sweepBoots(cutoff), sweepArtifacts(cutoff));
  }

  private List<UUID> forgottenInvocations(Instant cutoff) {
    return database.transaction(
        sql ->
            sql
                .selectFrom(INVOCATIONS)
                .where(INVOCATIONS.STARTED_AT.lt(Times.utc(cutoff)))
                .andNotExists(
                    sql.selectOne()
                        .from(RUNS)
                        .where(RUNS.INVOCATION_ID.eq(INVOCATIONS.INVOCATION_ID)))
                .andNotExists(
                    sql.selectOne()
                        .from(CLAIMS)
                        .where(CLAIMS.INVOCATION_ID.eq(INVOCATIONS.INVOCATION_ID)))
                .fetch()
                .stream()
                .filter(
                    row ->
                        row.getEndedAt() != null
                            || !new ProcessIdentity(
                                    row.getPid(), row.getPidStartTicks(), row.getHostBootId())
                                .isAlive())
                .map(row -> row.getInvocationId())
                .toList());
  }

  private int sweepBoots(Instant cutoff) {
    List<UUID> boots =
        database.transaction(
            sql ->
                sql.select(BOOTS.BOOT_ID)
                    .from(BOOTS)
                    .where(BOOTS.ENDED_AT.lt(Times.utc(cutoff)))
                    .andNotExists(sql.selectOne().from(RUNS).where(RUNS.BOOT_ID.eq(BOOTS.BOOT_ID)))
                    .andNotExists(sql.selectOne().from(VMS).where(VMS.BOOT_ID.eq(BOOTS.BOOT_ID)))
                    .fetch(BOOTS.BOOT_ID));
    for (List<UUID> some : batches(boots)) {
      database.transaction(
          sql -> {
            sql.deleteFrom(HANDSHAKES).where(HANDSHAKES.BOOT_ID.in(some)).execute();
            return sql.deleteFrom(BOOTS).where(BOOTS.BOOT_ID.in(some)).execute();
          });
    }
    return boots.size();
  }

  private int sweepArtifacts(Instant cutoff) {
    Condition forgotten =
        ARTIFACTS
            .FIRST_SEEN_AT
            .lt(Times.utc(cutoff))
            .andNotExists(mention(RUNS, RUNS.BOOTSTRAP_ARTIFACT_HASH))
            .andNotExists(mention(STAMPS, STAMPS.BOOTSTRAP_ARTIFACT_HASH));
    List<String> artifacts =
        database.transaction(
            sql ->
                sql.select(ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH)
                    .from(ARTIFACTS)
                    .where(forgotten)
                    .fetch(ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH));
    for (String hash : artifacts) {
      database.transaction(
          sql -> {
            sql.deleteFrom(ARTIFACT_ENTRIES)
                .where(ARTIFACT_ENTRIES.BOOTSTRAP_ARTIFACT_HASH.eq(hash))
                .execute();
            return sql.deleteFrom(ARTIFACTS)
                .where(ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH.eq(hash))
                .execute();
          });
    }
    return artifacts.size();
  }

  private static Select<?> mention(Table<?> table, Field<String> artifact) {
    return DSL.selectOne().from(table).where(artifact.eq(ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH));
  }

  private static <T> List<List<T>> batches(List<T> all) {
    List<List<T>> batches = new ArrayList<>();
    for (int i = 0; i < all.size(); i += AT_ONCE) {
      batches.add(all.subList(i, Math.min(all.size(), i + AT_ONCE)));
    }
    return batches;
  }
}
