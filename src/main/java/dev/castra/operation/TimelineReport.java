package dev.castra.operation;

import dev.castra.run.RunId;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code castra timeline} draws.
 *
 * @param commands that made the runs
 * @param origin the moment from which times count; empty if runs of different times are laid over
 *     one another, each from its own command's first
 * @param madeAt now
 * @param lanes one for each VM, or for each run that was named, in the order of castra.toml
 * @param past newest runs of these VMs, by VM, the oldest first
 */
public record TimelineReport(
    String project,
    List<Command> commands,
    Optional<Instant> origin,
    Instant madeAt,
    List<Lane> lanes,
    List<Past> past) {
  private static final List<String> OUTCOMES =
      List.of("failed", "interrupted", "running", "waiting", "success", "noop", "skipped");

  public TimelineReport {
    commands = List.copyOf(commands);
    lanes = List.copyOf(lanes);
    past = List.copyOf(past);
  }

  /**
   * @param alive whether it still works
   */
  public record Command(
      String text,
      String castraVersion,
      Instant startedAt,
      Optional<Instant> endedAt,
      boolean alive) {}

  /**
   * A VM over time.
   *
   * @param run empty if the VM needed none, or did not get so far
   * @param outcome a run's status, {@code skipped}, or {@code waiting}
   * @param durationMs of the run, so far if it is under way; empty if nobody knows
   * @param bars in the order of their beginnings
   */
  public record Lane(
      VmName vm,
      Optional<RunId> run,
      String outcome,
      String reason,
      Optional<Long> durationMs,
      Optional<Failure> failure,
      List<Bar> bars) {
    public Lane {
      bars = List.copyOf(bars);
    }
  }

  /**
   * @param step where it failed
   */
  public record Failure(
      Optional<String> step, String error, Optional<String> hint, Optional<String> logPath) {}

  /**
   * A stretch of time.
   *
   * @param kind a step, {@link #WAITING} or {@link #STARTING}
   * @param status {@code success}, {@code skipped}, {@code failed}, {@code interrupted}, {@code
   *     running}; of the time before steps {@code waited} as well
   * @param startMs milliseconds from the origin
   */
  public record Bar(String kind, String status, long startMs, long durationMs, String detail) {
    /** Before the run: its VM was another castra's, or was still to be looked at. */
    public static final String WAITING = "waiting";

    /** Before the first step: the machine waits for its turn and is started. */
    public static final String STARTING = "starting";
  }

  /** A run of which only durations count; {@code steps} has those that it took. */
  public record Past(
      VmName vm,
      RunId run,
      Instant startedAt,
      String status,
      Optional<Long> durationMs,
      Map<String, Step> steps) {}

  /** How long a step took, and how it ended. */
  public record Step(long durationMs, String status) {}

  /** How many VMs or runs have each outcome that there is, what needs attention first. */
  public Map<String, Long> outcomes() {
    Map<String, Long> counts = new LinkedHashMap<>();
    OUTCOMES.forEach(outcome -> counts.put(outcome, 0L));
    lanes.forEach(lane -> counts.merge(lane.outcome(), 1L, Long::sum));
    counts.values().removeIf(count -> count == 0);
    return counts;
  }
}
