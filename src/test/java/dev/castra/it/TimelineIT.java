package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.operation.TimelineExamples;
import dev.castra.operation.TimelineReport;
import dev.castra.render.TimelinePage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The pages of `castra timeline` in a real browser, which is started once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TimelineIT {
  private static final String APPLY = "#6b4fb3";
  private static final Map<String, String> LIGHT =
      Map.of(
          "wait-handshake", "#3f6fb5",
          "connect", "#12808c",
          "transfer", "#a05f00",
          "apply", APPLY,
          "verify", "#3f7d2e");
  private static final String DARK_APPLY = "#b59cf2";
  private static final String FAILED = "#c0272d";
  private static final String FOCUS = "#0b57d0";
  private static final String SAID = "return document.getElementById('lanes-said').textContent";

  private Browser browser;
  private Path folder;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    this.folder = folder;
    browser = Browser.start(Files.createDirectory(folder.resolve("profile")));
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  void whatAnUpDidIsDrawnWhateverAGuestSays() throws Exception {
    try (CastraProject project = CastraProject.create();
        SshVms machines = new SshVms(project, "web", "db")) {
      project.script("web", "sleep 0.3");
      project.script("db", "echo 'Castra:error: " + script("window.stolen = 1") + "'; exit 1");
      project.up().exitsWith(70);
      Path page = machines.folder("web").resolve("up.html");
      project.run("timeline", "--html", page.toString()).exitsWith(0);

      openQuietly(page);

      assertThat(rows()).isEqualTo("web,db");
      assertThat(drawn(APPLY)).isEqualTo(2);
      assertThat(browser.text("return document.getElementById('lanes').textContent"))
          .contains("\u2713 success", "\u2715 failed");
      assertThat(browser.text("return document.querySelector('.failure pre').textContent"))
          .contains(script("window.stolen = 1"));
      assertThat(browser.holds("return 'stolen' in window")).isFalse();
    }
  }

  private static String script(String code) {
    return "</script><script>" + code + "</script>";
  }

  @Test
  void everyStepOfEveryVmHasABarAndAFailureIsMarked() throws IOException {
    TimelineReport report = TimelineExamples.everyState();
    openQuietly(page("states", report));

    LIGHT.forEach(
        (step, colour) ->
            assertThat(drawn(colour)).as(step).isEqualTo(bars(report, step)).isPositive());
    assertThat(browser.number("return " + strokes(FAILED))).as("edges, lines").isEqualTo(4);
    assertThat(browser.text("return document.getElementById('lanes').textContent"))
        .contains("web-0", "queue", "\u2715 failed", "\u25A0 interrupted", "\u25B6 running");
    assertThat(browser.number("return document.querySelectorAll('#steps tbody').length"))
        .isEqualTo(report.lanes().size());
    assertThat(browser.holds("return document.getElementById('past').clientHeight > 300")).isTrue();
  }

  @Test
  void aHostileTextStaysText() throws IOException {
    openQuietly(page("hostile", TimelineExamples.everyState()));
    browser.tabTo("lanes");

    assertThat(browser.text(SAID)).contains("web-1, run 132: apply, failed", "<script>");
    String tip = "[...document.querySelectorAll('.tip')].filter((tip) => tip.checkVisibility())";
    assertThat(browser.text("return " + tip + ".map((tip) => tip.textContent).join()"))
        .startsWith("web-1 \u00b7 apply")
        .contains("<script>");
    assertThat(browser.holds("return 'stolen' in window || !!document.querySelector('img')"))
        .isFalse();
    assertQuiet();
  }

  @Test
  void keysLeadToEveryBarAndTellOfIt() throws IOException {
    TimelineReport report = TimelineExamples.everyState();
    openQuietly(page("keys", report));
    browser.tabTo("lanes");
    assertThat(browser.number("return " + strokes(FOCUS))).as("a ring").isPositive();
    assertThat(browser.text("return getComputedStyle(document.activeElement).outlineStyle"))
        .isEqualTo("solid");

    report.lanes().forEach(lane -> browser.press(Keys.ARROW_UP));
    Set<String> told = new LinkedHashSet<>();
    for (int row = 0; row < report.lanes().size(); row++) {
      browser.press(Keys.HOME);
      while (told.add(browser.text(SAID))) {
        browser.press(Keys.ARROW_RIGHT);
      }
      browser.press(Keys.ARROW_DOWN);
    }

    long all = report.lanes().stream().mapToLong(lane -> lane.bars().size()).sum();
    assertThat(told).hasSize((int) all);
    assertThat(told)
        .anyMatch(text -> text.startsWith("web-0, run 131: apply, success, 12.4 s, from 6.4 s"))
        .anyMatch(text -> text.startsWith("late: waiting for its turn, running"));
    browser.tabTo("past");
    String newest = browser.text("return document.getElementById('past-said').textContent");
    browser.press(Keys.ARROW_LEFT);
    assertThat(newest).startsWith("web-1, run 132: wait-handshake, success");
    assertThat(browser.text("return document.getElementById('past-said').textContent"))
        .startsWith("web-1, run 129: wait-handshake");
    assertQuiet();
  }

  @Test
  void keysZoomAndGoAlongWithWhatIsInSight() throws IOException {
    openQuietly(page("zoom", TimelineExamples.everyState()));
    String ticks =
        "return [...document.querySelectorAll('#lanes text')].map((text) => text.textContent)"
            + ".filter((text) => /^[\\d.]+( m?s)?$/.test(text)).sort().join()";
    browser.tabTo("lanes");
    String all = browser.text(ticks);

    browser.press("+", "+", "+");
    String near = browser.text(ticks);
    browser.press(Keys.HOME);

    assertThat(all).isEqualTo("0,10 s,15 s,20 s,5 s");
    assertThat(near).contains("s").isNotEqualTo(all);
    assertThat(browser.text(SAID)).startsWith("web-1, run 132: waiting for its turn");
    browser.press("0");
    assertThat(browser.text(ticks)).isEqualTo(all);
    assertQuiet();
  }

  @Test
  void thePageTakesTheUsersColoursAndFollowsThem() throws IOException {
    String ground = "return getComputedStyle(document.body).backgroundColor";
    openQuietly(page("colours", TimelineExamples.single()));
    String light = browser.text(ground);
    assertThat(drawn(APPLY)).isEqualTo(1);

    browser.prefer("dark");

    assertThat(browser.text(ground)).isNotEqualTo(light).isEqualTo("rgb(15, 19, 25)");
    assertThat(drawn(DARK_APPLY)).isEqualTo(1);
    assertThat(drawn(APPLY)).isZero();
    assertQuiet();
  }

  @Test
  void manyVmsFitAndANarrowWindowIsEnough() throws IOException {
    openQuietly(page("fleet", TimelineExamples.fleet(50)));
    assertThat(rows().split(",")).hasSize(50);
    assertThat(browser.number("return document.getElementById('lanes').clientHeight"))
        .isGreaterThan(50 * 20);

    browser.resize(400, 800);

    assertThat(browser.number("return document.documentElement.scrollWidth"))
        .isLessThanOrEqualTo(400);
    assertThat(browser.number("return document.querySelector('#lanes svg').clientWidth"))
        .isLessThan(400);
    browser.resize(1200, 900);
    assertQuiet();
  }

  private Path page(String name, TimelineReport report) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".html"), TimelinePage.render(report, "development"));
  }

  /** A page that loads anything but itself, or breaks its own policy, fails the test. */
  private void openQuietly(Path page) {
    browser.requests();
    browser.complaints();
    browser.open(page);
    assertThat(browser.requests()).containsExactly(page.toUri().toString());
    assertThat(browser.complaints()).isEmpty();
  }

  private void assertQuiet() {
    assertThat(browser.requests()).isEmpty();
    assertThat(browser.complaints()).isEmpty();
  }

  private String rows() {
    return browser.text("return facts.lanes.map((lane) => lane.vm).join()");
  }

  /** How many bars are filled with a colour. */
  private long drawn(String colour) {
    return browser.number(
        "return document.querySelectorAll('#lanes path[fill=\"" + colour + "\"]').length");
  }

  private static String strokes(String colour) {
    return "document.querySelectorAll('#lanes path[stroke=\"" + colour + "\"]').length";
  }

  private static long bars(TimelineReport report, String step) {
    List<TimelineReport.Lane> lanes = report.lanes();
    return lanes.stream()
        .flatMap(lane -> lane.bars().stream())
        .filter(bar -> bar.kind().equals(step) && !bar.status().equals("skipped"))
        .count();
  }
}
