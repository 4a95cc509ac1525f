package dev.castra.steplog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.castra.event.Fields;
import dev.castra.process.JavaChild;
import dev.castra.run.RunId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RunLogTest {
  private static final RunId RUN = new RunId(7);
  private static final String TIME = "2026-01-02T03:04:05.678Z ";
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05.678999Z"), ZoneOffset.UTC);

  @TempDir Path folder;

  @Test
  void everyLineHasItsTime() throws IOException {
    try (RunLog log = open()) {
      say(log, "one\ntwo");
      say(log, " goes on\n\n");
      log.note("apply started");
      say(log, "no end of line");
      log.note("apply success\nafter 3 ms");
      log.finish(Fields.of());
    }

    assertThat(files()).containsExactly("7.json", "7.log");
    assertThat(folder.resolve("7.log"))
        .hasContent(
            TIME
                + "one\n"
                + TIME
                + "two goes on\n"
                + TIME
                + "\n"
                + TIME
                + "castra: apply started\n"
                + TIME
                + "no end of line\n"
                + TIME
                + "castra: apply success after 3 ms\n");
  }

  @ParameterizedTest
  @CsvSource({
    "'', castra:one",
    "'', ' castra: two'",
    "cas, tra:one",
    "castr, a:one",
    "castra, :one",
    "'', castra",
    "x, castra:one",
    "cast, x:one"
  })
  void whatBecomesOfATextIsKnown(String before, String text) throws IOException {
    try (RunLog log = open()) {
      log.output().write((before + text + "\n").getBytes(UTF_8));
    }

    assertThat(Files.readString(RunLog.unfinished(folder, RUN)))
        .containsAnyOf(text, RunLog.marked(text));
  }

  @Test
  void noGuestWritesALineOfCastrasOwn() throws IOException {
    String said = "castra: one\ncastra two: castra: \n castra: three\ncastra\ncastra:";
    String kept = TIME + "castra two: castra: \n" + TIME + " castra: three\n" + TIME + "castra\n";
    String expected = TIME + "castra (guest): one\n" + kept + TIME + "castra (guest):";
    try (RunLog log = open()) {
      say(log, said);
    }
    assertThat(folder.resolve("7.log.part")).hasContent(expected);

    Files.delete(folder.resolve("7.log.part"));
    try (RunLog log = open();
        OutputStream output = log.output()) {
      for (byte letter : said.getBytes(UTF_8)) {
        output.write(letter);
      }
      log.note("four");
      say(log, "castra: five");
    }
    assertThat(folder.resolve("7.log.part"))
        .hasContent(expected + "\n" + TIME + "castra: four\n" + TIME + "castra (guest): five");
  }

  @Test
  void bytesPassUnchangedWhateverTheirEncoding() throws IOException {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    try (RunLog log = open();
        OutputStream output = log.output()) {
      output.write(all);
      output.write('\n');
      log.finish(Fields.of());
    }

    String expected = TIME + new String(all, ISO_8859_1).replace("\n", "\n" + TIME) + "\n";
    assertThat(folder.resolve("7.log")).hasBinaryContent(expected.getBytes(ISO_8859_1));
  }

  @Test
  void aRunningLogShowsWhatHasArrivedUnderAnotherName() throws IOException {
    try (RunLog log = open()) {
      say(log, "half a line");

      assertThat(files()).containsExactly("7.log.part");
      assertThat(RunLog.unfinished(folder, RUN)).hasContent(TIME + "half a line");
    }
    assertThat(files()).containsExactly("7.log.part");
  }

  @Test
  void theFactsAreJsonAndTheLastCallsStay() throws IOException {
    try (RunLog log = open()) {
      log.finish(Fields.of("status", "success", "env", null));
      log.finish(Fields.of("status", "failed", "steps", List.of(Fields.of("duration_ms", 3L))));
    }

    assertThat(new ObjectMapper().readTree(folder.resolve("7.json").toFile()))
        .isEqualTo(
            new ObjectMapper()
                .readTree("{\"status\": \"failed\", \"steps\": [{\"duration_ms\": 3}]}"));
    assertThat(files()).containsExactly("7.json", "7.log");
  }

  @Test
  void bothFilesAreTheOwners() throws IOException {
    try (RunLog log = open()) {
      log.finish(Fields.of());
    }

    for (String name : files()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aLogThatItsProcessCouldNotEndGoesOn() throws Exception {
    try (JavaChild child = JavaChild.start(RunLogChild.class, folder.toString(), "torn")) {
      assertThat(child.line()).isEqualTo("written");
      child.kill();
    }
    assertThat(files()).containsExactly("7.log.part");

    endOrphan();

    assertOneLog("the guest said thi");
  }

  @Test
  void aLogThatWasFinishedBeforeItsProcessDiedKeepsItsOutput() throws Exception {
    try (JavaChild child = JavaChild.start(RunLogChild.class, folder.toString(), "finished")) {
      assertThat(child.line()).isEqualTo("written");
      child.kill();
    }
    assertThat(files()).containsExactly("7.json", "7.log");

    endOrphan();

    assertOneLog("the guest said thi");
  }

  private void endOrphan() throws IOException {
    try (RunLog log = open()) {
      log.note("interrupted");
      log.finish(Fields.of("status", "interrupted"));
    }
  }

  private void assertOneLog(String output) throws IOException {
    assertThat(files()).containsExactly("7.json", "7.log");
    assertThat(folder.resolve("7.log"))
        .hasContent(TIME + output + "\n" + TIME + "castra: interrupted\n");
    assertThat(folder.resolve("7.json")).content().contains("\"interrupted\"");
  }

  @Test
  void fiftyMegabytesPassThroughASmallHeap() throws Exception {
    try (JavaChild child = JavaChild.start(RunLogChild.class, folder.toString(), "flood")) {
      assertThat(child.line()).isEqualTo("written");
      assertThat(child.rest()).isEmpty();
    }

    Path log = folder.resolve("7.log");
    long lines = RunLogChild.FLOOD_BYTES / RunLogChild.FLOOD_LINE.length();
    assertThat(Files.size(log)).isEqualTo(RunLogChild.FLOOD_BYTES + lines * TIME.length());
  }

  @Test
  void linesOfSeveralWritersDoNotMix() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (RunLog log = open()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String text = Character.toString('a' + i).repeat(200);
        boolean notes = i % 2 == 0;
        writers.add(
            threads.submit(
                () -> {
                  for (int k = 0; k < 200; k++) {
                    if (notes) {
                      log.note(text);
                    } else {
                      say(log, text + "\n");
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> writer : writers) {
        writer.get(60, TimeUnit.SECONDS);
      }
      log.finish(Fields.of());
    } finally {
      threads.shutdownNow();
    }

    assertThat(Files.readAllLines(folder.resolve("7.log")))
        .hasSize(800)
        .allMatch(line -> line.matches(TIME + "(castra: (a{200}|c{200})|b{200}|d{200})"));
  }

  private RunLog open() throws IOException {
    return RunLog.open(folder, RUN, CLOCK);
  }

  private static void say(RunLog log, String text) throws IOException {
    log.output().write(text.getBytes(UTF_8));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
