package dev.castra.render;

import dev.castra.operation.TimelineReport;
import java.util.stream.Collectors;

/** What went wrong, in words, on a timeline page. */
final class TimelineFailures {
  private TimelineFailures() {}

  /** A section, or nothing if all went well. */
  static String of(TimelineReport report) {
    String list =
        report.lanes().stream()
            .flatMap(lane -> lane.failure().stream().map(failure -> failure(lane, failure)))
            .collect(Collectors.joining("\n"));
    return list.isEmpty()
        ? ""
        : "<section aria-labelledby=\"failures-title\">\n<h2 id=\"failures-title\">What went"
            + " wrong</h2>\n"
            + list
            + "\n</section>";
  }

  private static String failure(TimelineReport.Lane lane, TimelineReport.Failure failure) {
    String where =
        lane.run().map(run -> ", run " + run).orElse("")
            + failure.step().map(step -> ", at " + step).orElse("");
    return "<article class=\"failure %s\">\n<h3>%s</h3>\n<pre>%s</pre>\n%s%s</article>"
        .formatted(
            lane.outcome(),
            Html.text(lane.vm() + where + ": " + lane.outcome()),
            lines(failure.error()),
            failure.hint().map(hint -> "<p>" + code(lines(hint)) + "</p>\n").orElse(""),
            failure
                .logPath()
                .map(log -> "<p class=\"hint\">Log: <code>" + Html.text(log) + "</code></p>\n")
                .orElse(""));
  }

  /** What stands between backticks, such as a command, on escaped text. */
  private static String code(String html) {
    return html.replaceAll("`([^`\n]+)`", "<code>$1</code>");
  }

  /** An error may have several lines. */
  private static String lines(String text) {
    return text.lines().map(Html::text).collect(Collectors.joining("\n"));
  }
}
