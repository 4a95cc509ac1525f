package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.bootstrap.RunFailure;
import dev.castra.bootstrap.RunJournal;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.EventExamples;
import dev.castra.process.ManualTime;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.vm.VmName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code apply} usually takes up to 9 s here, {@code wait-handshake} up to 0.3 s. */
final class StepWatchTest {
  private final ManualTime time = new ManualTime();
  private final List<String> happened = new ArrayList<>();
  private final StepWatch watch =
      new StepWatch(new Journal(), new VmName("web"), EventExamples.usual(), time, this::calledOut);

  private final class Journal implements RunJournal {
    @Override
    public RunId id() {
      return new RunId(12);
    }

    @Override
    public void stepStarted(StepKind step) {
      happened.add("started " + step.id());
    }

    @Override
    public void stepEnded(StepRecord step) {
      happened.add("ended " + step.step().id());
    }

    @Override
    public void completed(RunStatus status, long durationMs) {
      happened.add(status.id());
    }

    @Override
    public void failed(RunStatus status, RunFailure failure, long durationMs) {
      happened.add(status.id());
    }
  }

  private void calledOut(CastraEvent.Diagnostic remark) {
    happened.add(remark.message());
    assertThat(remark.level()).isEqualTo("warning");
    assertThat(remark.code()).isEqualTo("slow-step");
    assertThat(remark.run()).contains(new RunId(12));
  }

  @AfterEach
  void close() {
    watch.close();
  }

  private static StepRecord ended(StepKind step) {
    return new StepRecord(step, StepStatus.SUCCESS, Instant.EPOCH, 1, "");
  }

  private void look(Duration after) {
    time.pass(after);
    watch.look();
  }

  @Test
  void aSlowStepIsCalledOutOnceWhileItRuns() {
    watch.stepStarted(StepKind.APPLY);
    look(Duration.ofSeconds(27));
    assertThat(happened).containsExactly("started apply");

    look(Duration.ofMillis(100));
    look(Duration.ofHours(1));
    watch.stepEnded(ended(StepKind.APPLY));

    assertThat(happened)
        .containsExactly(
            "started apply", "`apply` is slow: 27 s so far, usually at most 9.0 s", "ended apply");
  }

  @Test
  void eachStepHasATimeOfItsOwn() {
    watch.stepStarted(StepKind.WAIT_HANDSHAKE);
    look(Duration.ofMillis(1_100));
    watch.stepEnded(ended(StepKind.WAIT_HANDSHAKE));
    watch.stepStarted(StepKind.APPLY);
    look(Duration.ofSeconds(20));
    look(Duration.ofSeconds(20));

    assertThat(happened)
        .containsExactly(
            "started wait-handshake",
            "`wait-handshake` is slow: 1.1 s so far, usually at most 300 ms",
            "ended wait-handshake",
            "started apply",
            "`apply` is slow: 40 s so far, usually at most 9.0 s");
  }

  @Test
  void betweenStepsAndAfterTheEndNothingIsSlow() {
    watch.stepStarted(StepKind.APPLY);
    watch.stepEnded(ended(StepKind.APPLY));
    look(Duration.ofHours(1));
    watch.stepStarted(StepKind.VERIFY);
    look(Duration.ofHours(1));
    watch.completed(RunStatus.SUCCESS, 1);
    watch.stepStarted(StepKind.APPLY);
    look(Duration.ofHours(1));

    assertThat(happened)
        .containsExactly(
            "started apply", "ended apply", "started verify", "success", "started apply");
    assertThat(watch.look()).isFalse();
  }

  @Test
  void aRunThatFailsInTheMidstOfAStepHasNothingSlowAfterwards() {
    watch.stepStarted(StepKind.APPLY);
    watch.failed(
        RunStatus.FAILED,
        new RunFailure(Optional.of(StepKind.APPLY), ErrorCode.IO, "No space.", "Make some."),
        1);
    look(Duration.ofHours(1));

    assertThat(happened).containsExactly("started apply", "failed");
  }

  @Test
  void aCallOutThatCannotBeRecordedHarmsNothing() {
    try (StepWatch unlucky =
        new StepWatch(
            new Journal(),
            new VmName("web"),
            EventExamples.usual(),
            time,
            remark -> {
              throw new IllegalStateException("the database is gone");
            })) {
      unlucky.stepStarted(StepKind.APPLY);
      time.pass(Duration.ofHours(1));
      assertThat(unlucky.look()).isTrue();
      unlucky.stepEnded(ended(StepKind.APPLY));
    }
    assertThat(happened).containsExactly("started apply", "ended apply");
  }
}
