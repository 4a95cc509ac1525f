package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.CastraEvent;
import dev.castra.event.EventExamples;
import dev.castra.run.StepKind;
import dev.castra.run.StepStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EventTextTest {
  private static final Path GOLDEN =
      Path.of("src", "test", "resources", "golden", "text", "events.txt");

  @Test
  void everyEventHasTheLineOfTheGoldenOrNone() throws IOException {
    List<String> lines =
        EventExamples.all().stream()
            .map(event -> event.type() + " | " + EventText.of(event).orElse("(silent)"))
            .toList();

    assertThat(lines).isEqualTo(Files.readAllLines(GOLDEN));
  }

  @Test
  void whatAGuestSaysStaysOnItsLineAndIsNotObeyed() {
    CastraEvent.Diagnostic rude =
        new CastraEvent.Diagnostic(
            Optional.empty(), "info", "x", "two\nlines \u001b[2J\u0007\r\u009b1A größe\t漢字");
    CastraEvent.BootstrapStep step =
        EventExamples.step(StepKind.CONNECT, StepStatus.SUCCESS, 1, "Linux\u001b]0;title\u0007");

    assertThat(EventText.of(rude))
        .contains("info: two lines \\x1b[2J\\x07\\x0d\\x9b1A größe\\x09漢字");
    assertThat(EventText.of(step).orElseThrow()).endsWith("Linux\\x1b]0;title\\x07");
  }
}
