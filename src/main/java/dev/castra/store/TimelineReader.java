package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.event.StoredEvent;
import dev.castra.process.ProcessIdentity;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepRecord;
import dev.castra.vm.VmName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Reads runs with the commands that made them and what came before on the same VMs, along indexes.
 * Takes no claim, changes nothing, and works whoever has the database open.
 */
public final class TimelineReader {
  private static final String RUNS = "SELECT invocation_id, " + RunRows.COLUMNS + " FROM runs";

  private static final String NEWEST_COMMAND =
      "SELECT invocation_id FROM runs ORDER BY run_id DESC FETCH FIRST ROW ONLY";

  private static final String COMMAND =
      """
      SELECT i.command, i.castra_version, i.pid, i.pid_start_ticks, i.host_boot_id,
             i.started_at, i.ended_at,
             (SELECT e.ts FROM events e WHERE e.invocation_id = i.invocation_id
              ORDER BY e.invocation_id DESC, e.local_seq DESC FETCH FIRST ROW ONLY) AS last_sign
      FROM invocations i WHERE i.invocation_id = ?
      """;

  /** Those that tell of a VM without a run how it fares. */
  private static final String EVENTS =
      "SELECT schema_version, seq, ts, type, vm, fields FROM events WHERE invocation_id = ?"
          + " AND run_id IS NULL AND type IN"
          + " ('UpStarted', 'BootstrapPlanned', 'BootstrapCompleted', 'VmFailed')"
          + " ORDER BY local_seq";

  private static final String STEPS =
      "SELECT run_id, step, status, started_at, duration_ms, detail FROM step_logs"
          + " WHERE run_id IN (%s) ORDER BY run_id, position";

  private static final String PAST =
      "SELECT run_id, status, started_at, duration_ms FROM runs WHERE vm = ?"
          + " ORDER BY vm DESC, run_id DESC FETCH FIRST %d ROWS ONLY";

  private final StateRoot root;
  private final Ticker ticker;
  private final int past;

  /**
   * @param past how many of each VM's newest runs to read for comparison
   */
  public TimelineReader(StateRoot root, Ticker ticker, int past) {
    this.root = root;
    this.ticker = ticker;
    this.past = past;
  }

  /** A run's row and the command that made it. */
  private record Made(UUID command, RecordedRun run) {}

  /**
   * All runs of the command that made the newest one; empty if there never was a run.
   *
   * @throws CastraException if the database is damaged, lost its content, or is too new
   */
  public Optional<TimelineRecord> newest() {
    return ReadTransaction.read(root, ticker, this::newest).flatMap(found -> found);
  }

  /**
   * These runs, without those that do not exist.
   *
   * @throws CastraException if the database is damaged, lost its content, or is too new
   */
  public Optional<TimelineRecord> of(List<RunId> runs) {
    return ReadTransaction.read(root, ticker, connection -> named(connection, runs));
  }

  private Optional<TimelineRecord> newest(Connection connection) throws SQLException {
    Optional<UUID> command =
        PlainQuery.first(connection, row -> row.getObject(1, UUID.class), NEWEST_COMMAND);
    if (command.isEmpty()) {
      return Optional.empty();
    }
    List<Made> made =
        runs(connection, " WHERE invocation_id = '" + command.get() + "' ORDER BY run_id");
    return Optional.of(
        record(
            connection,
            made,
            PlainQuery.all(connection, TimelineReader::toEvent, EVENTS, command.get())));
  }

  private TimelineRecord named(Connection connection, List<RunId> runs) throws SQLException {
    return record(
        connection,
        runs(connection, " WHERE run_id IN (" + listed(runs) + ") ORDER BY run_id"),
        List.of());
  }

  private static List<Made> runs(Connection connection, String condition) throws SQLException {
    Set<Long> underWay = HistoryReader.unfinished(connection, true);
    return PlainQuery.all(
        connection,
        row -> new Made(row.getObject("invocation_id", UUID.class), RunRows.toRun(row, underWay)),
        RUNS + condition);
  }

  private TimelineRecord record(Connection connection, List<Made> made, List<StoredEvent> events)
      throws SQLException {
    Map<RunId, List<StepRecord>> steps =
        steps(connection, made.stream().map(one -> one.run().id()).toList());
    List<RecordedCommand> commands = new ArrayList<>();
    for (UUID id : made.stream().map(Made::command).distinct().toList()) {
      commands.addAll(PlainQuery.all(connection, row -> toCommand(id, row), COMMAND, id));
    }
    List<TimelineRecord.Past> before = new ArrayList<>();
    Set<VmName> vms = new LinkedHashSet<>();
    made.forEach(one -> vms.add(one.run().vm()));
    events.forEach(event -> event.vm().ifPresent(vms::add));
    for (VmName vm : vms) {
      before.addAll(past(connection, vm));
    }
    return new TimelineRecord(
        commands,
        made.stream()
            .map(
                one ->
                    new TimelineRecord.Run(
                        one.command(), one.run(), steps.getOrDefault(one.run().id(), List.of())))
            .toList(),
        events,
        before);
  }

  private List<TimelineRecord.Past> past(Connection connection, VmName vm) throws SQLException {
    Set<Long> underWay = HistoryReader.unfinished(connection, true);
    List<TimelineRecord.Past> bare =
        PlainQuery.all(
            connection, row -> toPast(vm, row, underWay), PAST.formatted(past), vm.value());
    Map<RunId, List<StepRecord>> steps =
        steps(connection, bare.stream().map(TimelineRecord.Past::run).toList());
    List<TimelineRecord.Past> whole = new ArrayList<>();
    for (TimelineRecord.Past run : bare) {
      whole.add(
          new TimelineRecord.Past(
              run.run(),
              vm,
              run.status(),
              run.startedAt(),
              run.durationMs(),
              steps.getOrDefault(run.run(), List.of())));
    }
    Collections.reverse(whole);
    return whole;
  }

  private static Map<RunId, List<StepRecord>> steps(Connection connection, List<RunId> runs)
      throws SQLException {
    Map<RunId, List<StepRecord>> steps = new HashMap<>();
    if (!runs.isEmpty()) {
      PlainQuery.all(
          connection,
          row ->
              steps
                  .computeIfAbsent(new RunId(row.getLong("run_id")), run -> new ArrayList<>())
                  .add(RunRows.toStep(row)),
          STEPS.formatted(listed(runs)));
    }
    return steps;
  }

  private static String listed(List<RunId> runs) {
    return String.join(",", runs.stream().map(RunId::toString).toList());
  }

  private static RecordedCommand toCommand(UUID id, ResultSet row) throws SQLException {
    Optional<Instant> endedAt = Optional.ofNullable(StatusReader.instant(row, "ended_at"));
    boolean alive =
        endedAt.isEmpty()
            && StatusReader.identity(row, "pid", "pid_start_ticks", "host_boot_id")
                .filter(ProcessIdentity::isAlive)
                .isPresent();
    return new RecordedCommand(
        id,
        row.getString("command"),
        row.getString("castra_version"),
        StatusReader.required(row, "started_at"),
        endedAt,
        alive,
        endedAt.isPresent() || alive
            ? Optional.empty()
            : Optional.ofNullable(StatusReader.instant(row, "last_sign")));
  }

  private static TimelineRecord.Past toPast(VmName vm, ResultSet row, Set<Long> underWay)
      throws SQLException {
    long durationMs = row.getLong("duration_ms");
    boolean ended = !row.wasNull();
    RunStatus recorded = RunStatus.of(row.getString("status"));
    boolean leftBehind = recorded == RunStatus.RUNNING && !underWay.contains(row.getLong("run_id"));
    return new TimelineRecord.Past(
        new RunId(row.getLong("run_id")),
        vm,
        leftBehind ? RunStatus.INTERRUPTED : recorded,
        StatusReader.required(row, "started_at"),
        ended ? Optional.of(durationMs) : Optional.empty(),
        List.of());
  }

  private static StoredEvent toEvent(ResultSet row) throws SQLException {
    return new StoredEvent(
        row.getInt("schema_version"),
        row.getLong("seq"),
        StatusReader.required(row, "ts"),
        row.getString("type"),
        Optional.ofNullable(row.getString("vm")).map(VmName::new),
        Optional.empty(),
        row.getString("fields"));
  }
}
