package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.operation.TimelineReport.Lane;
import dev.castra.operation.TimelineReport.Past;
import dev.castra.project.Project;
import dev.castra.run.RunId;
import dev.castra.store.RecordedCommand;
import dev.castra.store.TimelineReader;
import dev.castra.store.TimelineRecord;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Lays the runs of an {@code up} over time. Takes no claim, changes nothing. */
public final class Timeline {
  /** How many of each VM's runs are there to compare with. */
  static final int PAST = 50;

  private final Project project;
  private final Host host;
  private final TimelineReader reader;

  public Timeline(Project project, Host host) {
    this.project = project;
    this.host = host;
    this.reader = new TimelineReader(project.stateRoot(), host.ticker(), PAST);
  }

  /**
   * All that the command did which made the newest run.
   *
   * @throws CastraException with {@code RUN_NOT_FOUND} if there never was a run
   */
  public TimelineReport newest() {
    TimelineRecord record =
        reader
            .newest()
            .orElseThrow(
                () ->
                    new CastraException(
                        ErrorCode.RUN_NOT_FOUND,
                        "Project `" + project.name() + "` has no run yet.",
                        "Run `castra up`, then ask again."));
    RecordedCommand command = record.commands().get(0);
    Instant now = host.clock().instant();
    TimelineOrigins origins = TimelineOrigins.at(command);
    List<Lane> all = new ArrayList<>(ofRuns(record, origins, now));
    List<VmName> drawn = all.stream().map(Lane::vm).toList();
    new TimelineLanes(command.startedAt(), now)
        .withoutRun(command, record.events()).stream()
            .filter(lane -> !drawn.contains(lane.vm()))
            .forEach(all::add);
    return report(record, origins, now, all);
  }

  /**
   * These runs, from the beginning of the first of them. Runs of commands that were not at work at
   * the same time are laid over one another, each from its own command's first.
   *
   * @param runs at least one
   * @throws CastraException with {@code RUN_NOT_FOUND} if one of them does not exist
   */
  public TimelineReport of(List<Long> runs) {
    Optional<TimelineRecord> found = reader.of(runs.stream().distinct().map(RunId::new).toList());
    List<Long> known =
        found.stream()
            .flatMap(record -> record.runs().stream())
            .map(run -> run.run().id().value())
            .toList();
    for (long run : runs) {
      if (!known.contains(run)) {
        throw ShowRun.noSuchRun(run);
      }
    }
    TimelineRecord record = found.orElseThrow();
    Instant now = host.clock().instant();
    TimelineOrigins origins = TimelineOrigins.of(record, now);
    return report(record, origins, now, ofRuns(record, origins, now));
  }

  private static List<Lane> ofRuns(TimelineRecord record, TimelineOrigins origins, Instant now) {
    List<Lane> lanes = new ArrayList<>();
    for (RecordedCommand command : record.commands()) {
      TimelineLanes ofCommand = new TimelineLanes(origins.of(command.id()), now);
      record.runs().stream()
          .filter(run -> run.command().equals(command.id()))
          .forEach(run -> lanes.add(ofCommand.ofRun(command, run)));
    }
    return lanes;
  }

  private TimelineReport report(
      TimelineRecord record, TimelineOrigins origins, Instant now, List<Lane> all) {
    return new TimelineReport(
        project.name(),
        record.commands().stream()
            .map(
                command ->
                    new TimelineReport.Command(
                        command.text(),
                        command.castraVersion(),
                        command.startedAt(),
                        command.endedAt(),
                        command.alive()))
            .toList(),
        origins.only(),
        now,
        inOrder(
            all, Lane::vm, Comparator.comparing(lane -> lane.run().map(RunId::value).orElse(0L))),
        inOrder(
            record.past().stream().map(Timeline::past).toList(),
            Past::vm,
            Comparator.comparing(Past::run)));
  }

  /** As castra.toml has them; VMs that left it come last. */
  private <T> List<T> inOrder(List<T> all, Function<T, VmName> vm, Comparator<T> within) {
    List<VmName> order = project.vms().stream().map(VmSpec::name).toList();
    return all.stream()
        .sorted(
            Comparator.comparingInt((T one) -> place(order, vm.apply(one)))
                .thenComparing(one -> vm.apply(one).value())
                .thenComparing(within))
        .toList();
  }

  private static int place(List<VmName> order, VmName vm) {
    int place = order.indexOf(vm);
    return place < 0 ? order.size() : place;
  }

  private static Past past(TimelineRecord.Past run) {
    Map<String, TimelineReport.Step> steps = new LinkedHashMap<>();
    run.steps()
        .forEach(
            step ->
                steps.put(
                    step.step().id(),
                    new TimelineReport.Step(step.durationMs(), step.status().id())));
    return new Past(
        run.vm(), run.run(), run.startedAt(), run.status().id(), run.durationMs(), steps);
  }
}
