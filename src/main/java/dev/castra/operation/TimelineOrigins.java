package dev.castra.operation;

import dev.castra.run.RunStatus;
import dev.castra.store.RecordedCommand;
import dev.castra.store.RecordedRun;
import dev.castra.store.TimelineRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The moments from which the runs of each command count. Commands that were at work at the same
 * time share one; of others, days may lie between them, each has its own.
 */
record TimelineOrigins(Map<UUID, Instant> byCommand) {
  /** From the first to the last that is known of a command's runs. */
  private record Stretch(UUID command, Instant from, Instant to) {
    Stretch with(Stretch other) {
      return new Stretch(command, from, other.to.isAfter(to) ? other.to : to);
    }
  }

  static TimelineOrigins of(TimelineRecord record, Instant now) {
    Map<UUID, Stretch> stretches = new LinkedHashMap<>();
    for (TimelineRecord.Run run : record.runs()) {
      stretches.merge(run.command(), stretch(run, now), TimelineOrigins::both);
    }
    List<Stretch> sorted = new ArrayList<>(stretches.values());
    sorted.sort(Comparator.comparing(Stretch::from));
    Map<UUID, Instant> origins = new HashMap<>();
    Stretch together = sorted.get(0);
    for (Stretch next : sorted) {
      together = next.from().isAfter(together.to()) ? next : together.with(next);
      origins.put(next.command(), together.from());
    }
    return new TimelineOrigins(origins);
  }

  private static Stretch both(Stretch one, Stretch other) {
    return one.from().isAfter(other.from()) ? other.with(one) : one.with(other);
  }

  private static Stretch stretch(TimelineRecord.Run made, Instant now) {
    RecordedRun run = made.run();
    boolean running = run.status() == RunStatus.RUNNING;
    return new Stretch(
        made.command(), run.startedAt(), running ? now : run.endedAt().orElse(run.startedAt()));
  }

  /** All that one command did, from when it was given. */
  static TimelineOrigins at(RecordedCommand command) {
    return new TimelineOrigins(Map.of(command.id(), command.startedAt()));
  }

  Instant of(UUID command) {
    return Objects.requireNonNull(byCommand.get(command), "a command without a run");
  }

  /** Empty if there are several. */
  Optional<Instant> only() {
    List<Instant> different = byCommand.values().stream().distinct().toList();
    return different.size() == 1 ? Optional.of(different.get(0)) : Optional.empty();
  }
}
