package dev.castra.steplog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.run.RunId;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StepPartTest {
  private static final Instant NOON = Instant.parse("2026-07-30T12:00:00Z");
  private static final RunId RUN = new RunId(1);

  @TempDir Path folder;
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  @Test
  void onlyTheStepsOwnLinesArePassedOn() throws IOException {
    byte[] log = wholeLog();

    StepPart part = copied(StepKind.APPLY, log, log.length);

    assertThat(lines())
        .containsExactly(
            "2026-07-30T12:00:00Z castra: apply started",
            "2026-07-30T12:00:00Z installing",
            "2026-07-30T12:00:00Z " + "x".repeat(500),
            "2026-07-30T12:00:00Z castra: apply failed after 5 ms: It failed.");
    assertThat(part.began()).isTrue();
    assertThat(part.ended()).isTrue();
  }

  @Test
  void itDoesNotMatterInWhichPiecesTheLogArrives() throws IOException {
    byte[] log = wholeLog();
    copied(StepKind.APPLY, log, log.length);
    byte[] whole = shown.toByteArray();
    shown.reset();

    copied(StepKind.APPLY, log, 1);

    assertThat(shown.toByteArray()).isEqualTo(whole);
  }

  @Test
  void aStepThatTheRunNeverCameToHasNoPart() throws IOException {
    byte[] log = wholeLog();

    StepPart part = copied(StepKind.VERIFY, log, log.length);

    assertThat(shown.size()).isZero();
    assertThat(part.began()).isFalse();
  }

  @Test
  void theLastLineOfAStepUnderWayIsPassedOnWithoutItsEnd() throws IOException {
    byte[] log = "T castra: apply started\nT half a li".getBytes(StandardCharsets.UTF_8);

    StepPart part = copied(StepKind.APPLY, log, 4);

    assertThat(shown).hasToString(new String(log, StandardCharsets.UTF_8));
    assertThat(part.ended()).isFalse();
  }

  @Test
  void aGuestThatTalksLikeCastraNeitherBeginsNorEndsAStep() throws IOException {
    try (RunLog log = RunLog.open(folder, RUN, Clock.fixed(NOON, ZoneOffset.UTC))) {
      log.output().write("castra: apply started\n".getBytes(StandardCharsets.UTF_8));
      log.stepStarted(StepKind.APPLY);
      log.output().write("castra: apply success after 1 ms\n".getBytes(StandardCharsets.UTF_8));
      log.output().write("more\n".getBytes(StandardCharsets.UTF_8));
      log.stepEnded(record(StepKind.APPLY, StepStatus.SUCCESS, ""));
    }
    byte[] log = Files.readAllBytes(RunLog.unfinished(folder, RUN));

    copied(StepKind.APPLY, log, log.length);

    assertThat(lines())
        .containsExactly(
            "2026-07-30T12:00:00Z castra: apply started",
            "2026-07-30T12:00:00Z castra (guest): apply success after 1 ms",
            "2026-07-30T12:00:00Z more",
            "2026-07-30T12:00:00Z castra: apply success after 5 ms");
  }

  private byte[] wholeLog() throws IOException {
    try (RunLog log = RunLog.open(folder, RUN, Clock.fixed(NOON, ZoneOffset.UTC))) {
      log.stepStarted(StepKind.TRANSFER);
      log.stepEnded(record(StepKind.TRANSFER, StepStatus.SUCCESS, ""));
      log.stepStarted(StepKind.APPLY);
      String said = "installing\n" + "x".repeat(500) + "\n";
      log.output().write(said.getBytes(StandardCharsets.UTF_8));
      log.stepEnded(record(StepKind.APPLY, StepStatus.FAILED, "It failed."));
      log.note("failed: It failed.");
    }
    return Files.readAllBytes(RunLog.unfinished(folder, RUN));
  }

  private static StepRecord record(StepKind step, StepStatus status, String detail) {
    return new StepRecord(step, status, NOON, 5, detail);
  }

  private StepPart copied(StepKind step, byte[] log, int pieceBytes) throws IOException {
    StepPart part = new StepPart(step, shown);
    for (int i = 0; i < log.length; i += pieceBytes) {
      part.write(log, i, Math.min(pieceBytes, log.length - i));
    }
    part.close();
    return part;
  }

  private List<String> lines() {
    return shown.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
