package dev.castra.operation;

import dev.castra.event.StoredEvent;
import dev.castra.operation.TimelineReport.Bar;
import dev.castra.operation.TimelineReport.Failure;
import dev.castra.operation.TimelineReport.Lane;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.store.RecordedCommand;
import dev.castra.store.RecordedRun;
import dev.castra.store.TimelineRecord;
import dev.castra.vm.VmName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes stretches of time out of recorded moments.
 *
 * @param origin the moment from which times count
 */
record TimelineLanes(Instant origin, Instant now) {
  private static final String WAITED = "waited";
  private static final String NOBODY_KNOWS = "Its castra process died; when is not recorded.";

  /** The lane of a run that {@code command} made. */
  Lane ofRun(RecordedCommand command, TimelineRecord.Run made) {
    RecordedRun run = made.run();
    Optional<Instant> end = end(command, run);
    List<Bar> bars = new ArrayList<>();
    Instant asked = command.startedAt().isBefore(origin) ? origin : command.startedAt();
    add(bars, bar(Bar.WAITING, WAITED, asked, run.startedAt(), ""));
    Instant reached = run.startedAt();
    for (StepRecord step : made.steps()) {
      if (reached.equals(run.startedAt())) {
        add(bars, bar(Bar.STARTING, WAITED, reached, step.startedAt(), ""));
      }
      bars.add(
          new Bar(
              step.step().id(),
              step.status().id(),
              ms(step.startedAt()),
              step.durationMs(),
              step.detail()));
      reached = step.startedAt().plusMillis(step.durationMs());
    }
    broken(made, reached, end).ifPresent(bars::add);
    return new Lane(
        run.vm(),
        Optional.of(run.id()),
        run.status().id(),
        run.reason(),
        end.map(moment -> run.durationMs().orElse(between(run.startedAt(), moment))),
        failure(run),
        bars);
  }

  /** When it ended or, of a run under way, now; empty if nobody knows. */
  private Optional<Instant> end(RecordedCommand command, RecordedRun run) {
    if (run.status() == RunStatus.RUNNING) {
      return Optional.of(now);
    }
    // Whoever found a run whose castra had died may have come days later.
    Optional<Instant> lastSign = command.lastSign();
    return lastSign.isPresent()
            && run.status() == RunStatus.INTERRUPTED
            && run.endedAt().map(end -> end.isAfter(lastSign.get())).orElse(true)
        ? Optional.empty()
        : run.endedAt();
  }

  /** The step that has not ended, or of which no end was recorded. */
  private Optional<Bar> broken(TimelineRecord.Run made, Instant reached, Optional<Instant> end) {
    RecordedRun run = made.run();
    if (run.status().holdsArtifact()) {
      return Optional.empty();
    }
    List<String> ended = made.steps().stream().map(step -> step.step().id()).toList();
    Optional<String> step =
        run.currentStep().map(StepKind::id).or(run::failedStep).filter(id -> !ended.contains(id));
    if (step.isEmpty() && !ended.isEmpty()) {
      return Optional.empty();
    }
    Instant since = step.flatMap(id -> run.currentStepStartedAt()).orElse(reached);
    return Optional.of(
        new Bar(
            step.orElse(Bar.STARTING),
            run.status().id(),
            ms(since),
            between(since, end.orElse(since)),
            end.isEmpty() ? NOBODY_KNOWS : run.error().orElse("")));
  }

  private static Optional<Failure> failure(RecordedRun run) {
    boolean failed = run.status() == RunStatus.FAILED || run.status() == RunStatus.INTERRUPTED;
    return failed
        ? Optional.of(
            new Failure(
                run.failedStep().or(() -> run.currentStep().map(StepKind::id)),
                run.error().orElse("The castra process that carried it out died."),
                run.hint(),
                run.logPath()))
        : Optional.empty();
  }

  /** Lanes of the VMs that {@code command} was to bring up, as far as its events tell of them. */
  List<Lane> withoutRun(RecordedCommand command, List<StoredEvent> events) {
    Map<VmName, List<StoredEvent>> told = new LinkedHashMap<>();
    for (StoredEvent event : events) {
      if (event.type().equals("UpStarted") && event.fields().get("vms") instanceof List<?> vms) {
        vms.forEach(vm -> told.put(new VmName(String.valueOf(vm)), new ArrayList<>()));
      }
      event.vm().ifPresent(vm -> told.computeIfAbsent(vm, key -> new ArrayList<>()).add(event));
    }
    return told.entrySet().stream()
        .map(vm -> withoutRun(command, vm.getKey(), vm.getValue()))
        .toList();
  }

  private Lane withoutRun(RecordedCommand command, VmName vm, List<StoredEvent> events) {
    Optional<StoredEvent> planned = newest(events, "BootstrapPlanned");
    Optional<StoredEvent> completed = newest(events, "BootstrapCompleted");
    Optional<StoredEvent> failed = newest(events, "VmFailed");
    String outcome =
        completed
            .map(event -> text(event, "status").orElse("noop").toLowerCase(Locale.ROOT))
            .orElse(failed.isPresent() ? "failed" : command.alive() ? "waiting" : "interrupted");
    Instant end =
        completed
            .or(() -> failed)
            .map(StoredEvent::ts)
            .or(() -> command.alive() ? Optional.of(now) : command.endedAt().or(command::lastSign))
            .orElse(command.startedAt());
    Instant looked = planned.map(StoredEvent::ts).orElse(end);
    String last = completed.isPresent() ? WAITED : outcome.equals("waiting") ? "running" : outcome;
    List<Bar> bars = new ArrayList<>();
    String first = planned.isPresent() ? WAITED : last;
    add(bars, bar(Bar.WAITING, first, command.startedAt(), looked, ""));
    if (planned.isPresent()) {
      add(bars, bar(Bar.STARTING, last, looked, end, ""));
    }
    return new Lane(
        vm,
        Optional.empty(),
        outcome,
        completed.or(() -> planned).flatMap(event -> text(event, "reason")).orElse(""),
        Optional.empty(),
        failed.map(TimelineLanes::failure),
        bars);
  }

  private static Failure failure(StoredEvent failed) {
    return new Failure(
        Optional.empty(),
        text(failed, "error").orElse("It could not be brought up."),
        text(failed, "hint"),
        text(failed, "log_path"));
  }

  private static Optional<StoredEvent> newest(List<StoredEvent> events, String type) {
    return events.stream()
        .filter(event -> event.type().equals(type))
        .reduce((older, newer) -> newer);
  }

  private static Optional<String> text(StoredEvent event, String field) {
    @Nullable Object value = event.fields().get(field);
    return Optional.ofNullable(value).map(Object::toString);
  }

  private Bar bar(String kind, String status, Instant from, Instant to, String detail) {
    return new Bar(kind, status, ms(from), between(from, to), detail);
  }

  private static void add(List<Bar> bars, Bar bar) {
    if (bar.durationMs() > 0 || !bar.status().equals(WAITED)) {
      bars.add(bar);
    }
  }

  private long ms(Instant moment) {
    return Math.max(0, between(origin, moment));
  }

  private static long between(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toMillis());
  }
}
