package dev.castra.render;

import dev.castra.error.CastraBug;
import dev.castra.operation.TimelineReport;
import dev.castra.run.StepKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A timeline as one HTML page that needs nothing but itself: style, scripts, charting library and
 * facts are in it, and its content security policy forbids it all else.
 */
public final class TimelinePage {
  /** In the second line of every page, so that Castra knows its own. */
  public static final String MARK = "<!-- Made by castra timeline. -->";

  private static final Pattern GAP = Pattern.compile("\\{\\{(\\w+)}}");
  private static final List<String> SCRIPTS = List.of("facts.js", "bars.js", "lanes.js", "past.js");

  private static final String LAID_OVER =
      "<p class=\"hint\">These runs are of different times and are laid over one another, each from"
          + " the first run of its command.</p>";
  private static final Map<String, String> LONGER =
      Map.of(
          TimelineReport.Bar.WAITING,
          "waiting for its turn",
          TimelineReport.Bar.STARTING,
          "turn to boot and start");

  private TimelinePage() {}

  /**
   * @param version of the Castra that makes the page
   */
  public static String render(TimelineReport report, String version) {
    String library = resource("echarts/echarts.min.js").strip();
    String script =
        SCRIPTS.stream()
            .map(name -> resource("timeline/" + name))
            .collect(Collectors.joining("\n"));
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("script_hashes", hash(library) + " " + hash(script));
    parts.put("style", resource("timeline/page.css"));
    parts.put("title", Html.text(report.project() + ": " + title(report)));
    parts.put("project", Html.text(report.project()));
    parts.put("version", Html.text(version));
    parts.put("made_at", moment(report.madeAt()));
    parts.put("commands", commands(report));
    parts.put("outcomes", outcomes(report));
    parts.put("laid_over", report.origin().isPresent() ? "" : LAID_OVER);
    parts.put("legend", legend(report));
    parts.put("lanes_label", "Steps of " + count(report.lanes().size(), "row") + " over time");
    parts.put("past_label", "Durations of the steps in " + count(report.past().size(), "past run"));
    parts.put("failures", failures(report));
    parts.put("steps_table", TimelineTables.steps(report));
    parts.put("past_table", TimelineTables.past(report));
    parts.put("facts", TimelineFacts.of(report));
    parts.put("library", library);
    parts.put("script", script);
    return filled(resource("timeline/page.html"), parts);
  }

  /** In one go, so that nothing that is put in is looked at again. */
  private static String filled(String template, Map<String, String> parts) {
    return GAP.matcher(template)
        .replaceAll(
            gap -> {
              String part = parts.get(gap.group(1));
              if (part == null) {
                throw new CastraBug("The timeline page has no part `" + gap.group(1) + "`.");
              }
              return Matcher.quoteReplacement(part);
            });
  }

  /** To the second, UTC. */
  static String moment(Instant instant) {
    return instant
        .truncatedTo(ChronoUnit.SECONDS)
        .toString()
        .replace("T", " ")
        .replace("Z", " UTC");
  }

  private static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static String title(TimelineReport report) {
    return report.commands().size() == 1
        ? report.commands().get(0).text()
        : count(report.lanes().size(), "run");
  }

  private static String commands(TimelineReport report) {
    return report.commands().stream().map(TimelinePage::command).collect(Collectors.joining("\n"));
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
            moment(command.startedAt()),
            end,
            Html.text(command.castraVersion()));
  }

  private static String outcomes(TimelineReport report) {
    return report.outcomes().entrySet().stream()
        .map(
            outcome ->
                "<li class=\"outcome %s\">%d %s</li>"
                    .formatted(outcome.getKey(), outcome.getValue(), outcome.getKey()))
        .collect(Collectors.joining("\n"));
  }

  private static String legend(TimelineReport report) {
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

  private static String failures(TimelineReport report) {
    String list =
        report.lanes().stream()
            .flatMap(lane -> lane.failure().stream().map(failure -> failure(report, lane, failure)))
            .collect(Collectors.joining("\n"));
    return list.isEmpty()
        ? ""
        : "<section aria-labelledby=\"failures-title\">\n<h2 id=\"failures-title\">What went"
            + " wrong</h2>\n"
            + list
            + "\n</section>";
  }

  private static String failure(
      TimelineReport report, TimelineReport.Lane lane, TimelineReport.Failure failure) {
    String where =
        lane.run().map(run -> ", run " + run).orElse("")
            + failure.step().map(step -> ", at " + step).orElse("");
    return "<article class=\"failure %s\">\n<h3>%s</h3>\n<pre>%s</pre>\n%s%s</article>"
        .formatted(
            lane.outcome(),
            Html.text(lane.vm() + where + ": " + lane.outcome()),
            lines(failure.error()),
            failure.hint().map(hint -> "<p>" + lines(hint) + "</p>\n").orElse(""),
            failure
                .logPath()
                .map(log -> "<p class=\"hint\">Log: <code>" + Html.text(log) + "</code></p>\n")
                .orElse(""));
  }

  /** An error may have several lines. */
  private static String lines(String text) {
    return text.lines().map(Html::text).collect(Collectors.joining("\n"));
  }

  private static String hash(String script) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new CastraBug("This Java has no SHA-256.");
    }
  }

  private static String resource(String name) {
    try (InputStream in = TimelinePage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new CastraBug("This Castra lacks its part `" + name + "`.");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CastraBug("The part `" + name + "` of this Castra cannot be read: " + e + ".");
    }
  }
}
