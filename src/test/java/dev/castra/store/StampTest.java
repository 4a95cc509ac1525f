package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.bootstrap.Artifact;
import dev.castra.bootstrap.StampFacts;
import dev.castra.process.Ticker;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** When a stamp counts. */
final class StampTest {
  private static final VmName WEB = OpenProject.WEB;
  private static final Artifact A = OpenProject.A;
  private static final Artifact B = OpenProject.B;

  @TempDir Path folder;
  private OpenProject project;

  @BeforeEach
  void openWithADisk() {
    project = OpenProject.in(folder);
    project.newDisk(WEB);
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void anUntouchedDiskHasNoHistory() {
    assertThat(facts(A))
        .isEqualTo(
            new StampFacts(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  @ParameterizedTest
  @EnumSource(
      value = RunStatus.class,
      names = {"SUCCESS", "NOOP"})
  void aSuccessfulRunStampsItsDisk(RunStatus status) {
    OpenRun run = project.start(project.present(WEB), A, Trigger.AUTO);
    run.completed(status, 9);

    StampFacts.PastRun past =
        new StampFacts.PastRun(run.id(), status, Optional.empty(), A.hash(), A.manifest());
    assertThat(facts(A))
        .isEqualTo(
            new StampFacts(
                Optional.of(run.id()), Optional.of(past), Optional.of(past), Optional.empty()));
    assertStamp(A, run.id());
    assertNoStamp(B);
  }

  @Test
  void aRunUnderWayIsNoStampAndNoPastRun() {
    project.start(project.present(WEB), A, Trigger.AUTO);

    assertNoStamp(A);
    assertThat(facts(A).lastRun()).isEmpty();
  }

  @Test
  void aNewDiskHoldsNothing() {
    project.succeed(WEB, A);
    project.disks.retired(project.present(WEB), "base image changed");
    project.newDisk(WEB);

    assertNoStamp(A);
    assertThat(facts(A).lastSuccess()).isEmpty();
    assertThat(facts(A).lastRun()).isEmpty();
  }

  @Test
  void anotherMachinesStampIsNotThisOnes() {
    project.newDisk(OpenProject.DB);
    project.succeed(OpenProject.DB, A);

    assertNoStamp(A);
  }

  @Test
  void artifactAThenBThenARunsAThirdTime() {
    project.succeed(WEB, A);
    OpenRun second = project.succeed(WEB, B);
    assertNoStamp(A);
    assertStamp(B, second.id());

    OpenRun third = project.succeed(WEB, A);

    assertStamp(A, third.id());
    assertNoStamp(B);
    assertThat(project.column("SELECT run_id FROM stamps ORDER BY run_id"))
        .containsExactly(second.id().toString(), third.id().toString());
  }

  @ParameterizedTest
  @EnumSource(StepKind.class)
  void aForcedRunThatFailsAnywhereWithdrawsTheStamp(StepKind step) {
    project.succeed(WEB, A);
    OpenRun forced = project.start(project.present(WEB), A, Trigger.ALWAYS);
    OpenProject.failAt(forced, step);

    assertNoStamp(A);
    assertThat(project.column("SELECT withdrawn_by_run_id FROM stamps"))
        .containsExactly(forced.id().toString());
    assertThat(shownStamp()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "WAIT_HANDSHAKE, true",
    "CONNECT, true",
    "TRANSFER, true",
    "APPLY, false",
    "VERIFY, false"
  })
  void anUnforcedRunWithdrawsTheStampOnlyOnceItsScriptBegan(StepKind step, boolean stays) {
    RunId first = project.succeed(WEB, A).id();
    OpenProject.failAt(project.start(project.present(WEB), B, Trigger.AUTO), step);

    assertThat(facts(A).stampRun()).isEqualTo(stays ? Optional.of(first) : Optional.empty());
    assertThat(shownStamp().isPresent()).isEqualTo(stays);
    assertNoStamp(B);
  }

  @Test
  void aWithdrawnStampCountsAgainAfterTheNextSuccess() {
    project.succeed(WEB, A);
    OpenProject.failAt(project.start(project.present(WEB), A, Trigger.ALWAYS), StepKind.APPLY);

    OpenRun again = project.succeed(WEB, A);

    assertStamp(A, again.id());
    assertThat(project.column("SELECT withdrawn_at FROM stamps")).containsExactly("null");
  }

  @Test
  void theFactsTellOfTheLastFailureToo() {
    RunId success = project.succeed(WEB, A).id();
    OpenRun failed = project.start(project.present(WEB), B, Trigger.AUTO);
    OpenProject.failAt(failed, StepKind.APPLY);

    assertThat(facts(B).lastSuccess().map(StampFacts.PastRun::run)).contains(success);
    assertThat(facts(B).lastRun())
        .contains(
            new StampFacts.PastRun(
                failed.id(), RunStatus.FAILED, Optional.of("apply"), B.hash(), B.manifest()));
  }

  @Test
  void theOrphanOfAProcessThatDiedInApplyWithdrawsTheStamp() {
    project.succeed(WEB, A);
    OpenRun orphan = project.start(project.present(WEB), B, Trigger.AUTO);
    OpenProject.pass(orphan, StepKind.TRANSFER);
    orphan.stepStarted(StepKind.APPLY);

    interruptOrphans();

    assertNoStamp(A);
    assertNoStamp(B);
  }

  @Test
  void theOrphanOfAProcessThatDiedBeforeApplyLeavesTheStamp() {
    RunId first = project.succeed(WEB, A).id();
    project.start(project.present(WEB), B, Trigger.AUTO).stepStarted(StepKind.TRANSFER);

    interruptOrphans();

    assertStamp(A, first);
  }

  private void interruptOrphans() {
    for (UnfinishedRun run : project.runs.unfinished(WEB)) {
      project
          .runs
          .reopen(run)
          .failed(
              RunStatus.INTERRUPTED, OpenProject.failure(run.step().orElse(StepKind.CONNECT)), 3);
    }
  }

  private StampFacts facts(Artifact artifact) {
    return project.runs.facts(project.present(WEB), Optional.of(artifact.hash()));
  }

  private void assertStamp(Artifact artifact, RunId run) {
    assertThat(facts(artifact).stampRun()).contains(run);
    assertThat(shownStamp()).contains(new VmSnapshot.Stamp(OpenProject.IMAGE, artifact.hash()));
  }

  private void assertNoStamp(Artifact artifact) {
    assertThat(facts(artifact).stampRun()).isEmpty();
    assertThat(shownStamp().map(VmSnapshot.Stamp::artifactHash))
        .isNotEqualTo(Optional.of(artifact.hash()));
  }

  /** What `castra status` would show. */
  private Optional<VmSnapshot.Stamp> shownStamp() {
    return new StatusReader(project.root, Ticker.system())
        .read().orElseThrow().inConfig().stream()
            .filter(vm -> vm.vm().equals(WEB))
            .findFirst()
            .orElseThrow()
            .stamp();
  }
}
