package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.run.StepKind;
import dev.castra.run.StepStatus;
import dev.castra.vm.VmName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Measures steps. Reads the durations along the primary key, a bounded number of runs at a time:
 * the database's own percentiles take five times as long. Takes no claim, changes nothing, and
 * works whoever has the database open.
 */
public final class StepReader {
  private static final int RUNS_AT_ONCE = 5_000;

  private static final String ALL =
      "SELECT step, status, duration_ms FROM step_logs"
          + " WHERE run_id > ? AND run_id <= ? AND status <> 'skipped' ORDER BY run_id";

  private static final String OF_VMS =
      "SELECT s.step, s.status, s.duration_ms"
          + " FROM runs r JOIN step_logs s ON s.run_id = r.run_id"
          + " WHERE r.vm IN (%s) AND r.run_id > ? AND r.run_id <= ? AND s.status <> 'skipped'"
          + " ORDER BY r.run_id";

  private final StateRoot root;
  private final Ticker ticker;

  public StepReader(StateRoot root, Ticker ticker) {
    this.root = root;
    this.ticker = ticker;
  }

  private record Taken(StepKind step, StepStatus status, long durationMs) {}

  /**
   * Every step that was taken, in the order in which a run takes them.
   *
   * @param vms empty for all
   * @throws CastraException if the database is damaged, lost its content, or is too new
   */
  public List<StepDurations> durations(List<VmName> vms) {
    return ReadTransaction.read(root, ticker, connection -> durations(connection, vms))
        .orElse(List.of());
  }

  private static List<StepDurations> durations(Connection connection, List<VmName> vms)
      throws SQLException {
    Map<StepKind, List<Taken>> taken = new EnumMap<>(StepKind.class);
    long newest =
        PlainQuery.first(
                connection, row -> row.getLong(1), "SELECT COALESCE(MAX(run_id), 0) FROM runs")
            .orElse(0L);
    for (long after = 0; after < newest; after += RUNS_AT_ONCE) {
      PlainQuery.all(
              connection,
              row ->
                  new Taken(
                      StepKind.of(row.getString(1)),
                      StepStatus.of(row.getString(2)),
                      row.getLong(3)),
              query(vms),
              after,
              after + RUNS_AT_ONCE)
          .forEach(step -> taken.computeIfAbsent(step.step(), kind -> new ArrayList<>()).add(step));
    }
    return taken.entrySet().stream()
        .map(
            step ->
                StepDurations.of(
                    step.getKey(),
                    step.getValue().stream().mapToLong(Taken::durationMs).toArray(),
                    step.getValue().stream()
                        .filter(one -> one.status() == StepStatus.FAILED)
                        .count()))
        .toList();
  }

  /** A VM's name has neither quotes nor anything else that SQL would take for its own. */
  private static String query(List<VmName> vms) {
    return vms.isEmpty()
        ? ALL
        : OF_VMS.formatted(
            vms.stream().map(VmName::value).collect(Collectors.joining("','", "'", "'")));
  }
}
