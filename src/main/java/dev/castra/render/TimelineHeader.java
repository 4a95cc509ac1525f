package dev.castra.render;

import dev.castra.operation.TimelineReport;
import dev.castra.run.StepKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What stands above the charts of a timeline page: what it is of, and what its colours mean. */
final class TimelineHeader {
  private static final Map<String, String> LONGER =
      Map.of(
          TimelineReport.Bar.WAITING,
          "waiting for its turn",
          TimelineReport.Bar.STARTING,
          "turn to boot and start");

  private TimelineHeader() {}

  static String title(TimelineReport report) {
    return report.commands().size() == 1
        ? report.commands().get(0).text()
        : TimelinePage.count(report.lanes().size(), "run");
  }

  static String commands(TimelineReport report) {
    return report.commands().stream()
        .map(TimelineHeader::command)
        .collect(Collectors.joining("\n"));
  }

  private static String command(TimelineReport.Command command) {
    String end =
        command
            .endedAt()
            .map(
                ended ->
                    "took "
                        + Durations.brief(
                            Math.max(0, Duration.between(command.startedAt(), ended).toMillis())))
            .orElse(command.alive() ? "under way" : "its process died");
    return "<p class=\"command\"><code>%s</code> &middot; <time datetime=\"%s\">%s</time> &middot; %s &middot; Castra %s</p>"
        .formatted(
            Html.text(command.text()),
            command.startedAt(),
            TimelinePage.moment(command.startedAt()),
            end,
            Html.text(command.castraVersion()));
  }

  static String outcomes(TimelineReport report) {
    return report.outcomes().entrySet().stream()
        .map(
            outcome ->
                "<li class=\"outcome %s\">%d %s</li>"
                    .formatted(outcome.getKey(), outcome.getValue(), outcome.getKey()))
        .collect(Collectors.joining("\n"));
  }

  static String legend(TimelineReport report) {
    List<String> entries = new ArrayList<>();
    List<String> kinds = TimelineFacts.kinds(report);
    Stream.concat(
            Stream.of(TimelineReport.Bar.WAITING, TimelineReport.Bar.STARTING),
            Stream.of(StepKind.values()).map(StepKind::id))
        .filter(kinds::contains)
        .forEach(kind -> entries.add(swatch(kind, LONGER.getOrDefault(kind, kind))));
    List<String> statuses =
        report.lanes().stream()
            .flatMap(lane -> lane.bars().stream())
            .map(TimelineReport.Bar::status)
            .distinct()
            .toList();
    Stream.of("skipped", "failed", "interrupted", "running")
        .filter(statuses::contains)
        .forEach(status -> entries.add(swatch(status, status)));
    return String.join("\n", entries);
  }

  private static String swatch(String css, String text) {
    return "<li><span class=\"swatch " + css + "\"></span>" + text + "</li>";
  }
}
