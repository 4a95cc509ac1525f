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
    RunJournal cancelling = new CancelsAt(StepKind.TRANSFER, guest);

    assertInterruptedAt("transfer", guest.run(artifact, guest.output, cancelling));
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

  /** The user presses Ctrl-C when one step begins. */
  private record CancelsAt(StepKind when, PipelineGuest guest) implements RunJournal {
    @Override
    public RunId id() {
      return guest.journal.id();
    }

    @Override
    public void stepStarted(StepKind step) {
      guest.journal.stepStarted(step);
      if (step == when) {
        guest.cancelled = Optional.of("interrupted");
      }
    }

    @Override
    public void stepEnded(StepRecord step) {
      guest.journal.stepEnded(step);
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
