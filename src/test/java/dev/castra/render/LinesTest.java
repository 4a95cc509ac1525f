package dev.castra.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.event.CastraEvent;
import dev.castra.event.EventExamples;
import dev.castra.event.EventSink;
import dev.castra.event.Json;
import dev.castra.event.JsonText;
import dev.castra.event.RecordedEvent;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Plain lines and JSON lines. */
final class LinesTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  /** Buffers, as the process's own stream does. */
  private final PrintStream out =
      new PrintStream(new BufferedOutputStream(written, 1 << 13), false, StandardCharsets.UTF_8);

  private List<String> lines() {
    return written.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static RecordedEvent remark(String message) {
    return EventExamples.recorded(
        new CastraEvent.Diagnostic(Optional.empty(), "info", "remark", message));
  }

  @Test
  void aPlainLineBeginsWithThePaddedNameAndIsOnItsWayAtOnce() {
    EventSink lines = new PlainLines(out, 6);
    lines.accept(EventExamples.recorded(EventExamples.planned("run", "the disk is new")));
    assertThat(lines()).containsExactly("web     run: the disk is new");

    lines.accept(remark("KVM is not usable"));
    assertThat(lines()).element(1).isEqualTo("castra  info: KVM is not usable");
  }

  @Test
  void aNameWiderThanItsColumnIsNotCut() {
    new PlainLines(out, 1).accept(EventExamples.recorded(EventExamples.planned("noop", "same")));
    assertThat(lines()).containsExactly("web  noop: same");
  }

  @Test
  void plainLinesHaveNoEscapeSequencesAndLeaveOutWhatIsForPrograms() {
    EventSink lines = new PlainLines(out, 6);
    EventExamples.all().forEach(event -> lines.accept(EventExamples.recorded(event)));

    long told = EventExamples.all().stream().filter(e -> EventText.of(e).isPresent()).count();
    assertThat(lines()).hasSize((int) told).noneMatch(line -> line.contains("\u001b"));
  }

  @Test
  void everyEventIsOneLineOfJsonAndOnItsWayAtOnce() {
    EventSink lines = new JsonLines(out);
    int count = 0;
    for (CastraEvent event : EventExamples.all()) {
      RecordedEvent recorded = EventExamples.recorded(event);
      lines.accept(recorded);
      count++;
      assertThat(lines()).hasSize(count).last().isEqualTo(Json.compact(recorded.fields()));
    }
  }

  @Test
  void lineBreaksInTextsDoNotBreakTheLineOfJson() {
    new JsonLines(out).accept(remark("one\ntwo\r\nthree \u2028 größe"));

    assertThat(written.toString(StandardCharsets.UTF_8)).endsWith("}\n").containsOnlyOnce("\n");
    assertThat(JsonText.parse(lines().get(0)).get("message").textValue())
        .isEqualTo("one\ntwo\r\nthree \u2028 größe");
  }

  @Test
  void linesOfSeveralThreadsDoNotMix() {
    EventSink lines = new JsonLines(out);
    IntStream.range(0, 400).parallel().forEach(i -> lines.accept(remark("x".repeat(i) + i)));

    Stream<String> messages =
        lines().stream()
            .map(JsonText::parse)
            .map((JsonNode node) -> node.get("message").textValue());
    assertThat(messages)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 400).mapToObj(i -> "x".repeat(i) + i).toList());
  }
}
