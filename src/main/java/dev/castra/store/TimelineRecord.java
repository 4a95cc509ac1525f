package dev.castra.store;

import dev.castra.event.StoredEvent;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepRecord;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What is recorded of some runs and of the commands that made them, all of one moment.
 *
 * @param runs in the order in which they began
 * @param events of those commands that belong to no run, in order; none unless asked for
 * @param past newest runs of the same VMs, the oldest first
 */
public record TimelineRecord(
    List<RecordedCommand> commands, List<Run> runs, List<StoredEvent> events, List<Past> past) {
  public TimelineRecord {
    commands = List.copyOf(commands);
    runs = List.copyOf(runs);
    events = List.copyOf(events);
    past = List.copyOf(past);
  }

  /**
   * @param command that made it
   * @param steps those that ended, in order
   */
  public record Run(UUID command, RecordedRun run, List<StepRecord> steps) {
    public Run {
      steps = List.copyOf(steps);
    }
  }

  /** A run of which only durations count. */
  public record Past(
      RunId run,
      VmName vm,
      RunStatus status,
      Instant startedAt,
      Optional<Long> durationMs,
      List<StepRecord> steps) {
    public Past {
      steps = List.copyOf(steps);
    }
  }
}
