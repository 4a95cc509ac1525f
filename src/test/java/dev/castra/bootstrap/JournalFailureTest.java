package dev.castra.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run whose journal cannot be written any more. */
@Timeout(120)
final class JournalFailureTest {
  private PipelineGuest guest;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    guest = new PipelineGuest(folder.toRealPath());
  }

  @AfterEach
  void stop() {
    guest.close();
  }

  @Test
  void failsWhereTheBeginningOfAStepCannotBeWritten() throws IOException {
    assertThat(run("started transfer")).endsWith("success connect", "failed at transfer");
  }

  @Test
  void failsWhereTheSuccessOfAStepCannotBeWrittenAndIsNotCalledAnythingElseBefore()
      throws IOException {
    assertThat(run("success apply")).endsWith("started apply", "failed at apply");
  }

  @Test
  void failsWhereItsCompletionCannotBeWritten() throws IOException {
    assertThat(run("completed success")).endsWith("skipped verify", "failed at verify");
  }

  private List<String> run(String unwritable) throws IOException {
    RunJournal full = new FullAt(unwritable, guest.journal);
    Pipeline.Result result = guest.run(guest.artifact("true\n"), guest.output, full);

    assertThat(result.status()).isEqualTo(RunStatus.FAILED);
    assertThat(result.failure().orElseThrow().error()).isEqualTo("No space left.");
    return guest.journal.calls;
  }

  /** A journal on a disk that is full at the moment of one entry. */
  private record FullAt(String entry, RecordedJournal journal) implements RunJournal {
    @Override
    public RunId id() {
      return journal.id();
    }

    @Override
    public void stepStarted(StepKind step) {
      require("started " + step.id());
      journal.stepStarted(step);
    }

    @Override
    public void stepEnded(StepRecord step) {
      require(step.status().id() + " " + step.step().id());
      journal.stepEnded(step);
    }

    @Override
    public void completed(RunStatus status, long durationMs) {
      require("completed " + status.id());
      journal.completed(status, durationMs);
    }

    @Override
    public void failed(RunStatus status, RunFailure failure, long durationMs) {
      journal.failed(status, failure, durationMs);
    }

    private void require(String next) {
      if (next.equals(entry)) {
        throw new CastraException(ErrorCode.IO, "No space left.", "Free some.");
      }
    }
  }
}
