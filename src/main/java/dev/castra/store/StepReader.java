package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.run.StepKind;
import dev.castra.vm.VmName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Measures steps with plain SQL; the database does the counting. Takes no claim, changes nothing,
 * and works whoever has the database open.
 */
public final class StepReader {
  /** {@code PERCENTILE_DISC} gives a duration that there was, the nearest one above. */
  private static final String MEDIAN = "PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY s.duration_ms)";

  private static final String FROM =
      "FROM step_logs s JOIN runs r ON r.run_id = s.run_id WHERE s.status <> 'skipped'";

  private static final String ALL =
      "SELECT s.step, COUNT(*), COUNT(*) FILTER (WHERE s.status = 'failed'), "
          + MEDIAN
          + ", PERCENTILE_DISC(0.95) WITHIN GROUP (ORDER BY s.duration_ms), MAX(s.duration_ms) "
          + FROM;

  private static final String OF_STEP = FROM + " AND s.step = ?";

  private final StateRoot root;
  private final Ticker ticker;

  public StepReader(StateRoot root, Ticker ticker) {
    this.root = root;
    this.ticker = ticker;
  }

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
    String of = condition(vms);
    return PlainQuery.all(
        connection,
        row -> {
          StepKind step = StepKind.of(row.getString(1));
          long count = row.getLong(2);
          return new StepDurations(
              step,
              count,
              row.getLong(3),
              row.getLong(4),
              row.getLong(5),
              row.getLong(6),
              count > StepDurations.RECENT ? trend(connection, step, of) : Optional.empty());
        },
        ALL + of + " GROUP BY s.step ORDER BY MIN(s.position)");
  }

  private static Optional<StepDurations.Trend> trend(
      Connection connection, StepKind step, String of) throws SQLException {
    String newest =
        "SELECT s.run_id "
            + OF_STEP
            + of
            + " ORDER BY s.run_id DESC FETCH FIRST "
            + StepDurations.RECENT
            + " ROWS ONLY";
    long first =
        PlainQuery.all(connection, row -> row.getLong(1), newest, step.id()).stream()
            .min(Long::compare)
            .orElse(0L);
    Optional<Long> recent = median(connection, step, of + " AND s.run_id >= " + first);
    Optional<Long> earlier = median(connection, step, of + " AND s.run_id < " + first);
    return recent.flatMap(now -> earlier.map(before -> new StepDurations.Trend(now, before)));
  }

  private static Optional<Long> median(Connection connection, StepKind step, String of)
      throws SQLException {
    return PlainQuery.first(
        connection, row -> row.getLong(1), "SELECT " + MEDIAN + " " + OF_STEP + of, step.id());
  }

  /** A VM's name has neither quotes nor anything else that SQL would take for its own. */
  private static String condition(List<VmName> vms) {
    return vms.isEmpty()
        ? ""
        : vms.stream()
            .map(VmName::value)
            .collect(Collectors.joining("','", " AND r.vm IN ('", "')"));
  }
}
