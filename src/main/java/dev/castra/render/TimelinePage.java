package dev.castra.render;

import dev.castra.error.CastraBug;
import dev.castra.operation.TimelineReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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
    parts.put("title", Html.text(report.project() + ": " + TimelineHeader.title(report)));
    parts.put("project", Html.text(report.project()));
    parts.put("version", Html.text(version));
    parts.put("made_at", moment(report.madeAt()));
    parts.put("commands", TimelineHeader.commands(report));
    parts.put("outcomes", TimelineHeader.outcomes(report));
    parts.put("laid_over", report.origin().isPresent() ? "" : LAID_OVER);
    parts.put("legend", TimelineHeader.legend(report));
    parts.put("lanes_label", "Steps of " + count(report.lanes().size(), "row") + " over time");
    parts.put("past_label", "Durations of the steps in " + count(report.past().size(), "past run"));
    parts.put("failures", TimelineFailures.of(report));
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

  static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
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
