package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.bootstrap.RunFailure;
import dev.castra.error.ErrorCode;
import dev.castra.event.Json;
import dev.castra.guest.Console;
import dev.castra.guest.FailureClass;
import dev.castra.guest.HandshakeResult.NotShaken;
import dev.castra.guest.SshEndpoint;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Holds the JSON of every kind of run to its line of the golden. */
final class RunFactsTest {
  private static final Path GOLDEN =
      Path.of("src", "test", "resources", "golden", "run-logs.jsonl");
  private static final Instant START = Instant.parse("2026-07-30T12:34:56Z");
  private static final Instant END = Instant.parse("2026-07-30T12:35:03Z");
  private static final String MISTAKE = "The script ended with exit status 7.";
  private static final String NEW_DISK = "the disk is new";

  @Test
  void aSuccessHasItsStepsAndNoError() throws IOException {
    List<StepRecord> steps =
        List.of(
            step(StepKind.WAIT_HANDSHAKE, StepStatus.SUCCESS, 5_100, "5 tries"),
            step(StepKind.VERIFY, StepStatus.SKIPPED, 0, "nothing to verify"));

    assertThat(written(12, Trigger.AUTO, NEW_DISK, RunStatus.SUCCESS, steps, Optional.empty()))
        .isEqualTo(golden(12));
  }

  @Test
  void aForcedRunThatHadNothingToDoSaysSo() throws IOException {
    String reason = "forced by mode `always`";

    assertThat(written(13, Trigger.ALWAYS, reason, RunStatus.NOOP, List.of(), Optional.empty()))
        .isEqualTo(golden(13));
  }

  @Test
  void aFailureNamesItsStepItsErrorAndWhatToDo() throws IOException {
    RunFailure failure =
        new RunFailure(
            Optional.of(StepKind.APPLY), ErrorCode.BOOTSTRAP_FAILED, MISTAKE, "Mend the script.");
    List<StepRecord> steps = List.of(step(StepKind.APPLY, StepStatus.FAILED, 243, MISTAKE));

    assertThat(written(14, Trigger.AUTO, NEW_DISK, RunStatus.FAILED, steps, Optional.of(failure)))
        .isEqualTo(golden(14));
  }

  @Test
  void anInterruptedRunMayHaveEndedOutsideEveryStep() throws IOException {
    RunFailure failure =
        new RunFailure(Optional.empty(), ErrorCode.INTERRUPTED, "castra died.", "Run `castra up`.");

    assertThat(
            written(
                15, Trigger.AUTO, NEW_DISK, RunStatus.INTERRUPTED, List.of(), Optional.of(failure)))
        .isEqualTo(golden(15));
  }

  @Test
  void aHandshakeThatFailedLeavesItsClassAndTheLastWordsOfTheConsole() throws IOException {
    RunFailure failure =
        noHandshake(
            FailureClass.NO_BANNER,
            Optional.of(new Console.Finding("kernel-panic", "It panicked.", "Mend it.", true)),
            List.of("[    2.0] Kernel panic - not syncing: Oops", "Rebooting in 10 seconds.."));
    List<StepRecord> steps =
        List.of(step(StepKind.WAIT_HANDSHAKE, StepStatus.FAILED, 6_800, "No answer."));

    assertThat(written(16, Trigger.AUTO, NEW_DISK, RunStatus.FAILED, steps, Optional.of(failure)))
        .isEqualTo(golden(16));
  }

  @Test
  void aMachineWithoutAConsoleLeavesNoWordsButItsClass() throws IOException {
    RunFailure failure = noHandshake(FailureClass.REFUSED, Optional.empty(), List.of());

    assertThat(
            written(
                17,
                Trigger.AUTO,
                "the machine is new",
                RunStatus.FAILED,
                List.of(),
                Optional.of(failure)))
        .isEqualTo(golden(17));
  }

  private static RunFailure noHandshake(
      FailureClass failure, Optional<Console.Finding> finding, List<String> consoleTail) {
    NotShaken unanswered =
        new NotShaken(
            new SshEndpoint("127.0.0.1", 40701, "root"),
            failure,
            "whatever was seen",
            9,
            Duration.ofMillis(6_800),
            ErrorCode.HANDSHAKE_FAILED,
            finding,
            consoleTail);
    return new RunFailure(
        Optional.of(StepKind.WAIT_HANDSHAKE),
        ErrorCode.HANDSHAKE_FAILED,
        "No answer.",
        "Look.",
        Optional.of(unanswered));
  }

  private static StepRecord step(StepKind step, StepStatus status, long ms, String detail) {
    return new StepRecord(step, status, START, ms, detail);
  }

  private static String golden(long run) throws IOException {
    return Files.readAllLines(GOLDEN).stream()
        .filter(line -> line.contains("\"run_id\":" + run + ","))
        .findFirst()
        .orElseThrow();
  }

  private static String written(
      long run,
      Trigger trigger,
      String reason,
      RunStatus status,
      List<StepRecord> steps,
      Optional<RunFailure> failure) {
    String log = "/shop/.castra/logs/bootstrap/web/" + run + ".log";
    return Json.compact(
        new RunFacts(
                new RunId(run),
                new VmName("web"),
                trigger,
                reason,
                new Sha256("1f".repeat(32)),
                new Sha256("2e".repeat(32)),
                START)
            .fields(status, END, 6_800, steps, failure, log));
  }
}
