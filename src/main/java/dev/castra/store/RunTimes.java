package dev.castra.store;

import static dev.castra.store.jooq.Tables.BOOTS;
import static dev.castra.store.jooq.Tables.RUNS;
import static dev.castra.store.jooq.Tables.STEP_LOGS;

import dev.castra.error.CastraException;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepStatus;
import dev.castra.run.UsualTimes;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What to expect of a run that begins, by the VM's newest runs: so few that it takes no longer
 * however many there are.
 */
public final class RunTimes {
  private static final int NEWEST = 50;

  private static final Set<String> WELL_ENDED = Set.of(RunStatus.SUCCESS.id(), RunStatus.NOOP.id());

  private final Database database;

  public RunTimes(Database database) {
    this.database = database;
  }

  /**
   * A run that ended well.
   *
   * @param booted whether it waited for a machine to boot, not for one that was up
   */
  private record Past(long id, String artifact, long durationMs, boolean booted) {}

  private record Taken(long run, StepKind step, long durationMs) {}

  /**
   * By runs with the same artifact; if there is none, by those with any. Empty if none ended well.
   *
   * @param boots whether the VM will boot for the run
   * @throws CastraException if the database cannot be read
   */
  public Optional<UsualTimes> usual(VmName vm, Sha256 artifact, boolean boots) {
    return database.transaction(sql -> usual(sql, vm, artifact, boots));
  }

  private static Optional<UsualTimes> usual(
      DSLContext sql, VmName vm, Sha256 artifact, boolean boots) {
    List<Past> ofVm = past(sql, vm);
    List<Past> alike = ofVm.stream().filter(run -> run.artifact().equals(artifact.hex())).toList();
    List<Past> runs = alike.isEmpty() ? ofVm : alike;
    if (runs.isEmpty()) {
      return Optional.empty();
    }
    List<Past> begunAlike = runs.stream().filter(run -> run.booted() == boots).toList();
    return Optional.of(
        new UsualTimes(
            begunAlike.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(
                    StepDurations.percentile(
                        50, begunAlike.stream().mapToLong(Past::durationMs).toArray())),
            steps(sql, ids(runs), ids(begunAlike))));
  }

  /** In the order of the index on (vm, run_id). */
  private static List<Past> past(DSLContext sql, VmName vm) {
    return sql
        .select(
            RUNS.RUN_ID,
            RUNS.BOOTSTRAP_ARTIFACT_HASH,
            RUNS.STATUS,
            RUNS.DURATION_MS,
            RUNS.STARTED_AT,
            BOOTS.STARTED_AT)
        .from(RUNS)
        .leftJoin(BOOTS)
        .on(BOOTS.BOOT_ID.eq(RUNS.BOOT_ID))
        .where(RUNS.VM.eq(vm.value()))
        .orderBy(RUNS.VM.desc(), RUNS.RUN_ID.desc())
        .limit(NEWEST)
        .fetch()
        .stream()
        .filter(row -> WELL_ENDED.contains(row.value3()))
        .map(
            row ->
                new Past(
                    row.value1(), row.value2(), row.value4(), booted(row.value5(), row.value6())))
        .toList();
  }

  private static boolean booted(OffsetDateTime run, @Nullable OffsetDateTime boot) {
    return boot != null && !boot.isBefore(run);
  }

  private static Set<Long> ids(List<Past> runs) {
    return runs.stream().map(Past::id).collect(Collectors.toSet());
  }

  private static Map<StepKind, UsualTimes.Step> steps(
      DSLContext sql, Set<Long> runs, Set<Long> begunAlike) {
    Map<StepKind, List<Long>> durations = new EnumMap<>(StepKind.class);
    sql
        .select(STEP_LOGS.RUN_ID, STEP_LOGS.STEP, STEP_LOGS.DURATION_MS)
        .from(STEP_LOGS)
        .where(STEP_LOGS.RUN_ID.in(runs))
        .and(STEP_LOGS.STATUS.eq(StepStatus.SUCCESS.id()))
        .fetch(row -> new Taken(row.value1(), StepKind.of(row.value2()), row.value3()))
        .stream()
        .filter(
            taken -> taken.step() != StepKind.WAIT_HANDSHAKE || begunAlike.contains(taken.run()))
        .forEach(
            taken ->
                durations
                    .computeIfAbsent(taken.step(), step -> new ArrayList<>())
                    .add(taken.durationMs()));
    Map<StepKind, UsualTimes.Step> steps = new EnumMap<>(StepKind.class);
    durations.forEach((step, taken) -> steps.put(step, step(step, taken)));
    return steps;
  }

  private static UsualTimes.Step step(StepKind kind, List<Long> durations) {
    StepDurations measured =
        StepDurations.of(kind, durations.stream().mapToLong(Long::longValue).toArray(), 0);
    return new UsualTimes.Step(
        measured.p50Ms(),
        measured.count() < UsualTimes.FEWEST_FOR_P95
            ? OptionalLong.empty()
            : OptionalLong.of(measured.p95Ms()));
  }
}
