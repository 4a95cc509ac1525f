package dev.castra.render;

import dev.castra.event.Fields;
import dev.castra.event.Json;
import dev.castra.operation.TimelineReport;
import dev.castra.run.RunId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the scripts of a timeline page draw. */
final class TimelineFacts {
  private TimelineFacts() {}

  /** JSON that can stand in a script element. */
  static String of(TimelineReport report) {
    Map<String, @Nullable Object> facts =
        Fields.of(
            "lanes",
            report.lanes().stream().map(lane -> lane(report, lane)).toList(),
            "past",
            report.past().stream().map(TimelineFacts::past).toList());
    return Html.json(Json.compact(facts));
  }

  /** The VM's name, with the run's number where a VM has several lanes. */
  static String label(TimelineReport report, TimelineReport.Lane lane) {
    boolean several =
        report.lanes().stream().filter(other -> other.vm().equals(lane.vm())).count() > 1;
    return several
        ? lane.vm() + " \u00b7 " + lane.run().map(RunId::toString).orElse("-")
        : lane.vm().value();
  }

  private static Map<String, @Nullable Object> lane(
      TimelineReport report, TimelineReport.Lane lane) {
    return Fields.of(
        "vm",
        lane.vm().value(),
        "label",
        label(report, lane),
        "run",
        lane.run().map(RunId::value).orElse(null),
        "outcome",
        lane.outcome(),
        "duration_ms",
        lane.durationMs().orElse(null),
        "bars",
        lane.bars().stream().map(TimelineFacts::bar).toList());
  }

  private static Map<String, @Nullable Object> bar(TimelineReport.Bar bar) {
    return Fields.of(
        "kind",
        bar.kind(),
        "status",
        bar.status(),
        "start_ms",
        bar.startMs(),
        "duration_ms",
        bar.durationMs(),
        "detail",
        Visible.text(bar.detail()));
  }

  private static Map<String, @Nullable Object> past(TimelineReport.Past run) {
    Map<String, @Nullable Object> steps = new LinkedHashMap<>();
    run.steps()
        .forEach((step, taken) -> steps.put(step, List.of(taken.durationMs(), taken.status())));
    return Fields.of(
        "vm",
        run.vm().value(),
        "run",
        run.run().value(),
        "started_at",
        TimelinePage.moment(run.startedAt()),
        "status",
        run.status(),
        "duration_ms",
        run.durationMs().orElse(null),
        "steps",
        steps);
  }

  /** Kinds of bars that there are, in the order in which a VM has them. */
  static List<String> kinds(TimelineReport report) {
    return report.lanes().stream()
        .flatMap(lane -> lane.bars().stream())
        .map(TimelineReport.Bar::kind)
        .distinct()
        .toList();
  }
}
