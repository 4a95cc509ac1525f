package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.castra.bootstrap.RunFailure;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.operation.TimelineReport.Bar;
import dev.castra.operation.TimelineReport.Lane;
import dev.castra.run.OutcomeStatus;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.store.OpenRun;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TimelineTest {
  private static final VmName WEB = RecordedProject.WEB;
  private static final VmName DB = RecordedProject.DB;

  @TempDir Path folder;
  private RecordedProject project;

  @BeforeEach
  void write() {
    project = new RecordedProject(folder);
  }

  private void withDisks() throws InterruptedException {
    project.newDisk(WEB);
    project.newDisk(DB);
  }

  private Timeline timeline() {
    return new Timeline(project.load(), Host.real());
  }

  @Test
  void allRunsOfTheNewestCommandAreDrawnInTheOrderOfTheFile() throws InterruptedException {
    withDisks();
    RunId earlier = project.succeed(WEB, 300, 20);
    project.change(
        session -> {
          fail(session, DB);
          OpenRun web = project.start(session, WEB, Trigger.AUTO);
          take(session, web, StepKind.WAIT_HANDSHAKE, StepStatus.SUCCESS);
          take(session, web, StepKind.VERIFY, StepStatus.SKIPPED);
          web.completed(RunStatus.SUCCESS, 1_200);
        });

    TimelineReport report = timeline().newest();

    assertThat(report.lanes()).extracting(Lane::vm).containsExactly(WEB, DB);
    assertThat(steps(report.lanes().get(0)))
        .containsExactly("wait-handshake success 40", "verify skipped 40");
    Lane db = report.lanes().get(1);
    assertThat(db.outcome()).isEqualTo("failed");
    assertThat(steps(db)).hasSize(1).first().asString().startsWith("apply failed");
    assertThat(db.failure().orElseThrow())
        .isEqualTo(
            new TimelineReport.Failure(
                Optional.of("apply"), "It failed.", Optional.of("Mend it."), Optional.empty()));
    assertThat(report.outcomes()).containsExactly(entry("failed", 1L), entry("success", 1L));
    assertThat(report.past()).extracting(TimelineReport.Past::run).contains(earlier).hasSize(3);
    assertThat(report.past().get(0).steps().get("wait-handshake"))
        .isEqualTo(new TimelineReport.Step(300, "success"));
  }

  private static List<String> steps(Lane lane) {
    return lane.bars().stream()
        .filter(bar -> !bar.kind().equals(Bar.WAITING) && !bar.kind().equals(Bar.STARTING))
        .map(bar -> bar.kind() + " " + bar.status() + " " + bar.durationMs())
        .toList();
  }

  private static void take(ProjectSession session, OpenRun run, StepKind step, StepStatus status) {
    run.stepStarted(step);
    run.stepEnded(new StepRecord(step, status, session.events().now(), 40, "done"));
  }

  private void fail(ProjectSession session, VmName vm) throws InterruptedException {
    OpenRun run = project.start(session, vm, Trigger.AUTO);
    run.stepStarted(StepKind.APPLY);
    run.failed(
        RunStatus.FAILED,
        new RunFailure(
            Optional.of(StepKind.APPLY), ErrorCode.BOOTSTRAP_FAILED, "It failed.", "Mend it."),
        5);
  }

  @Test
  void vmsWithoutARunAreDrawnAsTheirEventsTell() throws InterruptedException {
    withDisks();
    VmName late = new VmName("late");
    project.change(
        session -> {
          session.events().publish(new CastraEvent.UpStarted("shop", List.of(WEB, DB, late)));
          session
              .events()
              .publish(new CastraEvent.BootstrapPlanned(DB, "noop", "auto", "unchanged"));
          session
              .events()
              .publish(
                  new CastraEvent.BootstrapCompleted(
                      DB,
                      Optional.empty(),
                      OutcomeStatus.NoOp,
                      Optional.empty(),
                      Optional.empty(),
                      "unchanged since run 1",
                      3,
                      Optional.empty()));
          session
              .events()
              .publish(
                  new CastraEvent.VmFailed(
                      late, "No QEMU.", "Install it.", Optional.empty(), Optional.empty()));
          fail(session, WEB);
        });

    TimelineReport report = timeline().newest();

    assertThat(report.lanes())
        .extracting(Lane::outcome)
        .containsExactly("failed", "noop", "failed");
    assertThat(report.lanes().get(1).reason()).isEqualTo("unchanged since run 1");
    Lane failed = report.lanes().get(2);
    assertThat(failed.run()).isEmpty();
    assertThat(failed.failure().orElseThrow().error()).isEqualTo("No QEMU.");
    assertThat(failed.bars()).extracting(Bar::status).containsExactly("failed");
  }

  @Test
  void ofARunUnderWayTheStepAndOfACommandUnderWayTheWaitingGoOn() throws InterruptedException {
    withDisks();
    project.change(
        session -> {
          session.events().publish(new CastraEvent.UpStarted("shop", List.of(WEB, DB)));
          try (VmClaims.Claim claim = session.claims().tryClaim(WEB).orElseThrow()) {
            claim.announce();
            OpenRun run = project.start(session, WEB, Trigger.AUTO);
            take(session, run, StepKind.CONNECT, StepStatus.SUCCESS);
            run.stepStarted(StepKind.APPLY);
            TimelineReport report = timeline().newest();
            assertThat(report.commands()).allMatch(TimelineReport.Command::alive);
            assertThat(report.lanes())
                .extracting(Lane::outcome)
                .containsExactly("running", "waiting");
            assertThat(steps(report.lanes().get(0)).get(1)).startsWith("apply running");
            assertThat(report.lanes().get(1).bars())
                .extracting(Bar::status)
                .containsExactly("running");
          }
        });
  }

  @Test
  void ofARunWhoseCastraDiedNobodyKnowsTheEnd() throws InterruptedException {
    withDisks();
    project.abandon(WEB, Trigger.AUTO, StepKind.APPLY);

    Lane lane = timeline().newest().lanes().get(0);

    assertThat(lane.outcome()).isEqualTo("interrupted");
    assertThat(lane.durationMs()).isEmpty();
    assertThat(steps(lane)).containsExactly("apply interrupted 0");
    assertThat(lane.failure().orElseThrow().step()).contains("apply");
  }

  @Test
  void namedRunsOfDifferentTimesAreLaidOverOneAnother() throws InterruptedException {
    withDisks();
    RunId first = project.succeed(WEB, 300);
    project.succeed(DB, 10);
    RunId third = project.succeed(WEB, 400);

    TimelineReport report = timeline().of(List.of(third.value(), first.value()));

    assertThat(report.lanes())
        .extracting(lane -> lane.run().orElseThrow())
        .containsExactly(first, third);
    assertThat(report.lanes().get(0).bars()).noneMatch(bar -> bar.kind().equals(Bar.WAITING));
    assertThat(report.commands()).hasSize(2);
    assertThat(report.origin()).isEmpty();
    assertThat(report.lanes()).allMatch(lane -> lane.bars().get(0).startMs() < 60_000);
  }

  @Test
  void namedRunsOfOneCommandBeginWithTheFirstOfThem() throws InterruptedException {
    withDisks();
    project.change(
        session -> {
          fail(session, DB);
          fail(session, WEB);
        });

    TimelineReport report = timeline().of(List.of(1L, 2L));

    assertThat(report.lanes()).extracting(Lane::vm).containsExactly(WEB, DB);
    assertThat(report.origin()).isPresent();
    assertThat(steps(report.lanes().get(1)).get(0)).startsWith("apply failed");
  }

  @Test
  void aRunThatThereIsNotIsRefused() throws InterruptedException {
    withDisks();
    RunId run = project.succeed(WEB, 300);

    assertRefused(() -> timeline().of(List.of(run.value(), 99L)), "There is no run 99.");
  }

  @Test
  void withoutARunThereIsNothingToDrawAndNothingIsMade() throws InterruptedException {
    assertRefused(() -> timeline().newest(), "has no run yet");
    assertThat(project.root().path()).doesNotExist();
    withDisks();
    assertRefused(() -> timeline().newest(), "has no run yet");
  }

  private static void assertRefused(ThrowingCallable question, String message) {
    assertThatThrownBy(question)
        .isInstanceOfSatisfying(
            CastraException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.RUN_NOT_FOUND);
              assertThat(refusal).hasMessageContaining(message);
            });
  }
}
