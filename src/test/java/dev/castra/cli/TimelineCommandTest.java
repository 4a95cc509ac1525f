package dev.castra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.render.TimelinePage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** `castra timeline` from its arguments to its file. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TimelineCommandTest {
  private DocumentedProject shop;
  @TempDir private Path pages;

  @BeforeAll
  void bootstrap(@TempDir Path folder) throws IOException {
    shop = new DocumentedProject(folder);
    shop.add("web");
    shop.config();
    shop.file("bootstrap/web/run.sh", "true\n");
    shop.castra("up").isDone();
  }

  @AfterAll
  void close() {
    shop.close();
  }

  private CliRun timeline(Path file, String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "timeline";
    arguments[1] = "--html";
    arguments[2] = file.toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return shop.castra(arguments);
  }

  @Test
  void anEarlierPageIsReplacedAndNothingElseIs() throws IOException {
    Path page = pages.resolve("up.html");
    assertThat(timeline(page).isDone().out())
        .isEqualTo(page + "\n  Open it in a browser: " + page.toUri() + "\n");
    timeline(page, "1").isDone();
    assertThat(Files.readString(page)).contains(TimelinePage.MARK, "web");

    Path other = Files.writeString(pages.resolve("notes.html"), "<p>mine</p>");
    timeline(other).isRefused(73, "notes.html` exists and is no timeline of Castra's.");
    assertThat(other).hasContent("<p>mine</p>");
    timeline(other, "--force").isDone();
    assertThat(Files.readString(other)).contains(TimelinePage.MARK);

    try (var files = Files.list(pages)) {
      assertThat(files).as("no temporary file is left").hasSize(2);
    }
  }

  @Test
  void whatIsNoFileIsRefused() throws IOException {
    timeline(pages.resolve("no/up.html")).isRefused(73, "no` is no folder.");
    timeline(pages, "--force").isRefused(73, "is a folder.");
    Path link = Files.createSymbolicLink(pages.resolve("link"), pages.resolve("elsewhere"));
    timeline(link, "--force").isRefused(73, "is no ordinary file.");
    Files.delete(link);
  }

  @Test
  void stdoutTakesThePageAlone() {
    assertThat(timeline(Path.of("-")).isDone().out())
        .startsWith("<!DOCTYPE html>\n")
        .endsWith("</html>\n");
  }

  @Test
  void aRunThatThereIsNotMakesNoPage() {
    Path page = pages.resolve("never.html");
    timeline(page, "1", "99").isRefused(66, "There is no run 99.");
    assertThat(page).doesNotExist();
  }
}
