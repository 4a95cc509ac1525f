package dev.castra.render;

import dev.castra.operation.TimelineReport;
import dev.castra.run.RunId;
import dev.castra.run.StepKind;
import java.util.Optional;

/** What the charts of a timeline page show, for those who do not see them. */
final class TimelineTables {
  private TimelineTables() {}

  static String steps(TimelineReport report) {
    StringBuilder html =
        new StringBuilder(
            "<table id=\"steps\">\n<caption>Every step. Its start counts from "
                + report.origin().map(TimelinePage::moment).orElse("the first run of its command")
                + ".</caption>\n<thead><tr>");
    for (String column : new String[] {"VM", "Run", "Outcome", "Step", "Status"}) {
      html.append(column(column, ""));
    }
    html.append(column("Start", "number")).append(column("Duration", "number"));
    html.append(column("Detail", "")).append("</tr></thead>\n");
    report.lanes().forEach(lane -> html.append(lane(lane)));
    return html.append("</table>").toString();
  }

  private static String column(String name, String css) {
    String style = css.isEmpty() ? "" : " class=\"" + css + "\"";
    return "<th scope=\"col\"" + style + ">" + name + "</th>";
  }

  private static String lane(TimelineReport.Lane lane) {
    int rows = Math.max(1, lane.bars().size());
    StringBuilder html =
        new StringBuilder("<tbody>\n<tr><th scope=\"rowgroup\" rowspan=\"" + rows + "\">")
            .append(Html.text(lane.vm().value()))
            .append("</th>")
            .append(spanning(rows, lane.run().map(RunId::toString).orElse("-")))
            .append("<td rowspan=\"" + rows + "\">")
            .append(outcome(lane.outcome()))
            .append("</td>");
    if (lane.bars().isEmpty()) {
      html.append("<td colspan=\"5\">").append(Html.text(lane.reason())).append("</td>");
    }
    String between = "";
    for (TimelineReport.Bar bar : lane.bars()) {
      html.append(between).append(bar(bar));
      between = "</tr>\n<tr>";
    }
    return html.append("</tr>\n</tbody>\n").toString();
  }

  private static String spanning(int rows, String text) {
    return "<td rowspan=\"" + rows + "\">" + Html.text(text) + "</td>";
  }

  private static String bar(TimelineReport.Bar bar) {
    return cell("", bar.kind())
        + "<td>"
        + outcome(bar.status())
        + "</td>"
        + cell("number", Durations.brief(bar.startMs()))
        + cell("number", Durations.brief(bar.durationMs()))
        + cell("text", bar.detail());
  }

  static String outcome(String status) {
    String text = Html.text(status);
    return "<span class=\"outcome " + text + "\">" + text + "</span>";
  }

  private static String cell(String css, String text) {
    String style = css.isEmpty() ? "" : " class=\"" + css + "\"";
    return "<td" + style + ">" + Html.text(text) + "</td>";
  }

  static String past(TimelineReport report) {
    StringBuilder html =
        new StringBuilder(
            "<table id=\"past-runs\">\n<caption>The newest runs of these VMs, and how long each"
                + " step took.</caption>\n<thead><tr>");
    for (String column : new String[] {"VM", "Run", "Started", "Outcome"}) {
      html.append(column(column, ""));
    }
    for (StepKind step : StepKind.values()) {
      html.append(column(step.id(), "number"));
    }
    html.append(column("Whole run", "number")).append("</tr></thead>\n<tbody>\n");
    report.past().forEach(run -> html.append(past(run)));
    return html.append("</tbody>\n</table>").toString();
  }

  private static String past(TimelineReport.Past run) {
    StringBuilder html = new StringBuilder("<tr><th scope=\"row\">");
    html.append(Html.text(run.vm().value())).append("</th>").append(cell("", run.run().toString()));
    html.append(cell("", TimelinePage.moment(run.startedAt())));
    html.append("<td>").append(outcome(run.status())).append("</td>");
    for (StepKind step : StepKind.values()) {
      html.append(cell("number", taken(Optional.ofNullable(run.steps().get(step.id())))));
    }
    html.append(cell("number", run.durationMs().map(Durations::brief).orElse("-")));
    return html.append("</tr>\n").toString();
  }

  private static String taken(Optional<TimelineReport.Step> step) {
    return step.map(
            one ->
                one.status().equals("success")
                    ? Durations.brief(one.durationMs())
                    : one.status().equals("skipped")
                        ? "skipped"
                        : Durations.brief(one.durationMs()) + " " + one.status())
        .orElse("-");
  }
}
