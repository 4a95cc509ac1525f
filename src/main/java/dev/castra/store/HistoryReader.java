package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.process.ProcessIdentity;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.vm.VmName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads runs with plain SQL, along the primary key or the index on (vm, run_id), so that it stays
 * quick however many there are. Takes no claim, changes nothing, and works whoever has the database
 * open.
 */
public final class HistoryReader {
  /** Runs beyond a listing are counted up to this many. */
  public static final int MOST_COUNTED = 1_000;

  private static final String SELECT = "SELECT " + RunRows.COLUMNS + " FROM runs WHERE ";

  private static final String VMS = "SELECT vm, role FROM vms ORDER BY position, vm";

  private static final String UNFINISHED =
      """
      SELECT r.run_id, k.pid, k.pid_start_ticks, k.host_boot_id
      FROM vms v
      JOIN runs r ON r.run_id = v.current_run_id
      LEFT JOIN claims k ON k.vm = v.vm AND k.invocation_id = r.invocation_id
      """;

  private static final String BEFORE =
      SELECT + "vm = ? AND run_id < ? ORDER BY vm DESC, run_id DESC FETCH FIRST ROW ONLY";

  private static final String STEPS =
      "SELECT step, status, started_at, duration_ms, detail FROM step_logs"
          + " WHERE run_id = ? ORDER BY position";

  private static final String CIRCUMSTANCES =
      """
      SELECT i.command, i.castra_version, v.driver
      FROM runs r
      JOIN invocations i ON i.invocation_id = r.invocation_id
      JOIN vms v ON v.vm = r.vm
      WHERE r.run_id = ?
      """;

  private final RecordReads reads;

  public HistoryReader(StateRoot root, Ticker ticker) {
    this(RecordReads.of(root, ticker));
  }

  public HistoryReader(RecordReads reads) {
    this.reads = reads;
  }

  /** A VM of the record, whether castra.toml still has it or not. */
  public record KnownVm(VmName vm, VmName role) {}

  /**
   * Runs, the newest first.
   *
   * @param more how many older ones fit the filter too, at most {@link #MOST_COUNTED}
   */
  public record Listing(List<RecordedRun> runs, int more) {
    public Listing {
      runs = List.copyOf(runs);
    }
  }

  /**
   * Every VM that was ever in castra.toml when it was carried out; none before the first time.
   *
   * @throws CastraException if the database is damaged, lost its content, or is too new
   */
  public List<KnownVm> vms() {
    return reads
        .read(
            connection ->
                PlainQuery.all(
                    connection,
                    row -> new KnownVm(new VmName(row.getString(1)), new VmName(row.getString(2))),
                    VMS))
        .orElse(List.of());
  }

  /**
   * The newest runs that fit.
   *
   * @throws CastraException if the database is damaged, lost its content, or is too new
   */
  public Listing runs(RunFilter filter) {
    return reads.read(connection -> runs(connection, filter)).orElse(new Listing(List.of(), 0));
  }

  /** The VM's newest run, under way or not. */
  public Optional<RecordedRun> newest(VmName vm) {
    RunFilter filter = new RunFilter(List.of(vm), Optional.empty(), Optional.empty(), 1);
    return runs(filter).runs().stream().findFirst();
  }

  /** The run's row alone. */
  public Optional<RecordedRun> row(RunId run) {
    return reads.read(connection -> row(connection, run)).flatMap(found -> found);
  }

  /**
   * All that is recorded of a run; empty if there is no such run.
   *
   * @throws CastraException if the database is damaged, lost its content, or is too new
   */
  public Optional<RunHistory> run(RunId run) {
    return reads.read(connection -> history(connection, run)).flatMap(found -> found);
  }

  private static Listing runs(Connection connection, RunFilter filter) throws SQLException {
    Set<Long> underWay = unfinished(connection, true);
    List<String> conditions = conditions(connection, filter, underWay);
    List<RecordedRun> runs = new ArrayList<>();
    for (String condition : conditions) {
      runs.addAll(
          PlainQuery.all(
              connection,
              row -> RunRows.toRun(row, underWay),
              SELECT
                  + condition
                  + (filter.vms().isEmpty() ? " ORDER BY run_id" : " ORDER BY vm DESC, run_id")
                  + " DESC FETCH FIRST "
                  + filter.limit()
                  + " ROWS ONLY"));
    }
    runs.sort(Comparator.comparing(RecordedRun::id).reversed());
    List<RecordedRun> shown = runs.subList(0, Math.min(filter.limit(), runs.size()));
    boolean cut = shown.size() == filter.limit();
    return new Listing(shown, cut ? more(connection, conditions, filter.limit()) : 0);
  }

  /** One condition for each VM, so that the index on (vm, run_id) gives the order. */
  private static List<String> conditions(
      Connection connection, RunFilter filter, Set<Long> underWay) throws SQLException {
    long first =
        filter.since().isPresent()
            ? TimeSearch.firstKey(connection, "runs", "run_id", "started_at", filter.since().get())
            : 0;
    String common = "run_id >= " + first;
    if (filter.status().isPresent()) {
      common += " AND " + status(connection, filter.status().get(), underWay);
    }
    String rest = common;
    // A VM's name has neither quotes nor anything else that SQL would take for its own.
    return filter.vms().isEmpty()
        ? List.of(rest)
        : filter.vms().stream().map(vm -> "vm = '" + vm.value() + "' AND " + rest).toList();
  }

  private static String status(Connection connection, RunStatus status, Set<Long> underWay)
      throws SQLException {
    return switch (status) {
      case SUCCESS, NOOP, FAILED -> "status = '" + status.id() + "'";
      case RUNNING -> in(underWay);
      case INTERRUPTED -> "(status = 'interrupted' OR " + in(unfinished(connection, false)) + ")";
    };
  }

  private static String in(Set<Long> runs) {
    return runs.isEmpty()
        ? "FALSE"
        : runs.stream().map(Object::toString).collect(Collectors.joining(",", "run_id IN (", ")"));
  }

  private static int more(Connection connection, List<String> conditions, int shown)
      throws SQLException {
    int most = shown + MOST_COUNTED;
    long total = 0;
    for (String condition : conditions) {
      String bounded =
          "SELECT COUNT(*) FROM (SELECT 1 FROM runs WHERE %s FETCH FIRST %d ROWS ONLY)"
              .formatted(condition, most);
      total += PlainQuery.first(connection, row -> row.getLong(1), bounded).orElseThrow();
    }
    return (int) Math.min(most, total) - shown;
  }

  /** Runs without an end whose doers live, or those whose doers do not. */
  static Set<Long> unfinished(Connection connection, boolean alive) throws SQLException {
    return PlainQuery.all(
            connection,
            row ->
                StatusReader.identity(row, "pid", "pid_start_ticks", "host_boot_id")
                            .filter(ProcessIdentity::isAlive)
                            .isPresent()
                        == alive
                    ? row.getLong("run_id")
                    : 0L,
            UNFINISHED)
        .stream()
        .filter(run -> run > 0)
        .collect(Collectors.toSet());
  }

  private static Optional<RecordedRun> row(Connection connection, RunId run) throws SQLException {
    Set<Long> underWay = unfinished(connection, true);
    return PlainQuery.first(
        connection, row -> RunRows.toRun(row, underWay), SELECT + "run_id = ?", run.value());
  }

  private static Optional<RunHistory> history(Connection connection, RunId id) throws SQLException {
    Optional<RecordedRun> found = row(connection, id);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    RecordedRun run = found.get();
    Optional<RunHistory.Before> before = before(connection, run);
    return PlainQuery.first(
        connection,
        row ->
            new RunHistory(
                run,
                PlainQuery.all(connection, RunRows::toStep, STEPS, id.value()),
                StampRows.manifest(connection, run.artifactHash()),
                row.getString("command"),
                row.getString("castra_version"),
                row.getString("driver").equals("ssh"),
                before),
        CIRCUMSTANCES,
        id.value());
  }

  private static Optional<RunHistory.Before> before(Connection connection, RecordedRun run)
      throws SQLException {
    return PlainQuery.first(
        connection,
        row -> {
          RecordedRun found = RunRows.toRun(row, Set.of());
          return new RunHistory.Before(found, StampRows.manifest(connection, found.artifactHash()));
        },
        BEFORE,
        run.vm().value(),
        run.id().value());
  }
}
