package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.event.JsonText;
import dev.castra.operation.TimelineExamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The text of a page; what a browser makes of it is {@code TimelineIT}'s business. */
final class TimelinePageTest {
  private static final String WHOLE = TimelinePage.render(TimelineExamples.everyState(), "1.2.3");
  private static final Pattern SCRIPT =
      Pattern.compile("<script(?<kind>[^>]*)>(?<text>.*?)</script>", Pattern.DOTALL);

  /** Without the library, which speaks of elements and addresses but fetches none. */
  private static final String PAGE =
      SCRIPT.matcher(WHOLE).replaceAll(script -> isLibrary(script) ? "" : "$0");

  private static boolean isLibrary(MatchResult script) {
    return script.group(2).length() > 500_000;
  }

  @Test
  void nothingOfAGuestEndsUpOutsideOfText() {
    List<MatchResult> scripts = SCRIPT.matcher(PAGE).results().toList();

    assertThat(scripts).hasSize(2);
    assertThat(SCRIPT.matcher(WHOLE).results()).hasSize(3);
    assertThat(PAGE).doesNotContain("<img", "<!--<script>", "<script>window.stolen");
    assertThat(PAGE).contains("&lt;script&gt;window.stolen=1&lt;/script&gt;");
    String facts = scripts.get(0).group(2);
    assertThat(facts).doesNotContain("<", ">", "&", "\u2028", "\u2029", "\u001b");
    JsonNode failed = JsonText.parse(facts).path("lanes").path(1).path("bars").path(5);
    assertThat(failed.path("status").asText()).isEqualTo("failed");
    assertThat(failed.path("detail").asText())
        .isEqualTo(TimelineExamples.HOSTILE.replace("\u001b", "\\x1b"));
  }

  @Test
  void thePageForbidsItselfTheNetwork() {
    assertThat(PAGE)
        .contains("content=\"default-src 'none'; script-src 'sha256-")
        .doesNotContain(" src=\"", " href=\"", "@import", "url(");
    assertThat(PAGE.lines().skip(1).findFirst()).contains(TimelinePage.MARK);
  }

  @Test
  void theTablesTellWhatTheChartsDraw() {
    assertThat(PAGE)
        .contains(
            "<caption>Every step. Its start counts from 2026-07-30 12:00:00 UTC.</caption>",
            "<th scope=\"rowgroup\" rowspan=\"7\">web-0</th>",
            "<td>apply</td><td><span class=\"outcome failed\">failed</span></td>"
                + "<td class=\"number\">14.6 s</td><td class=\"number\">3.9 s</td>",
            "<th scope=\"row\">web-1</th><td>132</td>");
    assertThat(PAGE).contains("<li class=\"outcome failed\">2 failed</li>", "Castra 1.2.3");
  }

  /** The file's own README.md says which one it is. */
  @Test
  void theLibraryIsTheOneThatItsNoteNames() throws Exception {
    String note = new String(bytes("echarts/README.md"), StandardCharsets.UTF_8);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes("echarts/echarts.min.js"));

    assertThat(note).contains(HexFormat.of().formatHex(hash));
    assertThat(bytes("echarts/LICENSE")).isNotEmpty();
    assertThat(bytes("echarts/NOTICE")).isNotEmpty();
  }

  private static byte[] bytes(String resource) throws IOException {
    try (InputStream in = TimelinePage.class.getResourceAsStream(resource)) {
      assertThat(in).as(resource).isNotNull();
      return in == null ? new byte[0] : in.readAllBytes();
    }
  }
}
