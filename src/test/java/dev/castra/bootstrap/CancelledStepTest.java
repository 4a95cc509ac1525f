package dev.castra.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ctrl-C in the steps around the script, and what a limit leaves in the guest. */
@Timeout(120)
final class CancelledStepTest {
  private PipelineGuest guest;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    guest = new PipelineGuest(folder.toRealPath());
    // Only the user's wish can end these runs before the test's own limit.
    guest.applyTimeout = Duration.ofHours(1);
  }

  @AfterEach
  void stop() {
    guest.close();
  }

  @Test
  void endsAVerifyCommandInTheGuest() throws IOException {
    guest.verifyCommand = Optional.of("echo $$; exec sleep 300");

    assertInterruptedAt("verify", cancelAtFirstOutput("true\n"));
    assertSpeakerIsGone();
  }

  @Test
  void endsWhatTheScriptStartedEvenIfTheScriptEndedSooner() throws IOException {
    Pipeline.Result result =
        cancelAtFirstOutput("(trap '' TERM; while :; do sleep 1; done) & echo $!; wait\n");

    assertInterruptedAt("apply", result);
    assertSpeakerIsGone();
  }

  @Test
  void takesNoSuccessFromAVerifyCommandThatWasTold() throws IOException {
    guest.verifyCommand = Optional.of("trap 'exit 0' TERM; echo $$; while :; do sleep 0.1; done");

    assertInterruptedAt("verify", cancelAtFirstOutput("true\n"));
    assertSpeakerIsGone();
  }

  @Test
  void endsATransferToAGuestThatDoesNotTakeIt() throws IOException {
    guest.replaceProgram("tar", "exec sleep 300");
    Artifact artifact = guest.artifact("true\n");
    RunJournal cancelling = CancelsAt.start(StepKind.TRANSFER, guest);

    assertInterruptedAt("transfer", guest.run(artifact, guest.output, cancelling));
  }

  /** Nothing of the next step is on record then, so it is not where the run ended. */
  @ParameterizedTest
  @EnumSource(StepKind.class)
  void endsAfterTheStepThatHadJustEnded(StepKind last) throws IOException {
    Pipeline.Result result =
        guest.run(guest.artifact("true\n"), guest.output, CancelsAt.end(last, guest));

    assertThat(result.status()).isEqualTo(RunStatus.INTERRUPTED);
    assertThat(result.failure().flatMap(RunFailure::step)).contains(last);
    assertThat(guest.journal.calls)
        .endsWith("started " + last.id(), endOf(last), "interrupted at " + last.id());
  }

  private static String endOf(StepKind step) {
    return (step == StepKind.VERIFY ? "skipped " : "success ") + step.id();
  }

  @Test
  void stopsTheScriptOverAnotherConnectionIfItsOwnIsCut() throws IOException {
    Pipeline.Result result =
        guest.run(
            guest.artifact("echo $$\nexec sleep 300\n"),
            guest.onFirstOutput(
                () -> {
                  guest.server.dropConnections();
                  guest.cancelled = Optional.of("interrupted");
                }));

    assertInterruptedAt("apply", result);
    assertThat(result.failure().orElseThrow().hint()).isEqualTo("Run `castra up` to go on.");
    assertSpeakerIsGone();
  }

  @Test
  void saysThatTheScriptMayStillRunIfItCannotBeReached() throws IOException {
    Pipeline.Result result =
        guest.run(
            guest.artifact("echo $$\nexec sleep 300\n"),
            guest.onFirstOutput(
                () -> {
                  guest.server.stop();
                  guest.cancelled = Optional.of("interrupted");
                }));

    assertInterruptedAt("apply", result);
    assertThat(result.failure().orElseThrow().hint())
        .contains("may still run in the guest")
        .contains("`castra up` takes it over or stops it.");
  }

  @Test
  void stopsAVerifyCommandThatTakesTooLong() throws IOException {
    guest.applyTimeout = Duration.ofSeconds(3);
    guest.verifyCommand = Optional.of("echo $$; exec sleep 300");

    Pipeline.Result result = guest.run("true\n");

    assertThat(result.status()).isEqualTo(RunStatus.FAILED);
    assertThat(result.failure().orElseThrow().error())
        .isEqualTo("The verify command did not end within 3 s and was stopped.");
    assertSpeakerIsGone();
  }

  private Pipeline.Result cancelAtFirstOutput(String script) throws IOException {
    return guest.run(
        guest.artifact(script),
        guest.onFirstOutput(() -> guest.cancelled = Optional.of("interrupted")));
  }

  private void assertInterruptedAt(String step, Pipeline.Result result) {
    assertThat(result.status()).isEqualTo(RunStatus.INTERRUPTED);
    assertThat(guest.journal.calls).endsWith("failed " + step, "interrupted at " + step);
  }

  /** Whoever told its process id runs no more; a zombie has no program. */
  private void assertSpeakerIsGone() {
    long pid = Long.parseLong(guest.text().strip());
    assertThat(ProcessHandle.of(pid).flatMap(process -> process.info().command())).isEmpty();
  }

  /** The user presses Ctrl-C when one step begins, or as soon as it has ended. */
  private record CancelsAt(StepKind when, boolean atEnd, PipelineGuest guest)
      implements RunJournal {
    static CancelsAt start(StepKind step, PipelineGuest guest) {
      return new CancelsAt(step, false, guest);
    }

    static CancelsAt end(StepKind step, PipelineGuest guest) {
      return new CancelsAt(step, true, guest);
    }

    private void cancel(StepKind step, boolean ended) {
      if (step == when && ended == atEnd) {
        guest.cancelled = Optional.of("interrupted");
      }
    }

    @Override
    public RunId id() {
      return guest.journal.id();
    }

    @Override
    public void stepStarted(StepKind step) {
      guest.journal.stepStarted(step);
      cancel(step, false);
    }

    @Override
    public void stepEnded(StepRecord step) {
      guest.journal.stepEnded(step);
      cancel(step.step(), true);
    }

    @Override
    public void completed(RunStatus status, long durationMs) {
      guest.journal.completed(status, durationMs);
    }

    @Override
    public void failed(RunStatus status, RunFailure failure, long durationMs) {
      guest.journal.failed(status, failure, durationMs);
    }
  }
}
