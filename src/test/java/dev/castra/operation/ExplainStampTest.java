package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.ProcessIdentity;
import dev.castra.run.RunId;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.store.OpenRun;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExplainStampTest {
  private static final VmName WEB = RecordedProject.WEB;

  @TempDir Path folder;
  private RecordedProject project;

  @BeforeEach
  void write() {
    project = new RecordedProject(folder);
  }

  @Test
  void beforeTheFirstUpThereIsNothingAndNothingIsMade() throws InterruptedException {
    StampExplanation explanation = project.explain(WEB);

    assertThat(explanation.disk()).isEmpty();
    assertThat(explanation.stamp()).isEmpty();
    assertThat(explanation.noStampReason()).contains("the VM has no disk");
    assertThat(explanation.next().action()).isEqualTo("run");
    assertThat(explanation.next().reason()).isEqualTo("the disk is new");
    assertThat(folder.resolve(".castra")).doesNotExist();
  }

  @Test
  void aHashThatNobodyWillEverSeeAgainIsNotTold() throws InterruptedException {
    assertThat(project.explain(WEB).next().artifactHash()).isEmpty();

    project.config("", "");
    assertThat(project.explain(WEB).next().artifactHash()).isPresent();
  }

  @Test
  void aStampIsToldWithItsRunAndEveryPartOfItsArtifact() throws InterruptedException {
    RunId run = bootstrapped();

    StampExplanation.Stamp stamp = project.explain(WEB).stamp().orElseThrow();

    assertThat(stamp.run()).isEqualTo(run);
    assertThat(stamp.reason()).isEqualTo("because");
    assertThat(stamp.durationMs()).isEqualTo(1_200);
    assertThat(stamp.payloadBytes()).isEqualTo("COLOUR=red\n".length());
    assertThat(stamp.entries())
        .extracting(entry -> entry.kind() + " " + entry.name())
        .containsExactly(
            "script run.sh",
            "file app.env",
            "env TOKEN",
            "setting remote_dir",
            "setting verify_path");
    assertThat(stamp.entries().get(1).sizeBytes()).contains((long) "COLOUR=red\n".length());
  }

  @Test
  void ofASecretOnlyTheNameIsTold() throws InterruptedException {
    bootstrapped();

    assertThat(project.explain(WEB).stamp().orElseThrow().entries())
        .filteredOn(entry -> entry.kind().equals("env"))
        .containsExactly(
            new StampExplanation.Entry(
                "env", "TOKEN", Optional.empty(), Optional.empty(), Optional.empty()));
    assertThat(project.explain(WEB).fields().toString()).doesNotContain("secret");
  }

  @Test
  void theArtifactToldIsTheOneThatWasAppliedNotTheOneOfToday() throws InterruptedException {
    bootstrapped();
    project.file("bootstrap/web/payload/later", "");

    StampExplanation explanation = project.explain(WEB);

    assertThat(explanation.stamp().orElseThrow().entries())
        .extracting(StampExplanation.Entry::name)
        .doesNotContain("later");
    assertThat(explanation.next().artifactHash())
        .isPresent()
        .isNotEqualTo(Optional.of(explanation.stamp().orElseThrow().artifactHash()));
  }

  @Test
  void aStampTakenBackByARunNamesItAndTheFailure() throws InterruptedException {
    bootstrapped();
    project.fail(WEB, Trigger.ALWAYS, StepKind.APPLY);

    StampExplanation explanation = project.explain(WEB);

    assertThat(explanation.stamp()).isEmpty();
    assertThat(explanation.noStampReason())
        .contains("the stamp of run 1 was withdrawn by run 2; run 2 failed at `apply`");
  }

  @Test
  void aStampTakenBackByTheUserSaysSo() throws InterruptedException {
    bootstrapped();
    project.during(session -> session.stamps().withdraw(WEB));

    assertThat(project.explain(WEB).noStampReason())
        .contains("the stamp of run 1 was withdrawn by `castra stamps rm`");
  }

  @Test
  void aDiskOnWhichNothingSucceededNamesTheFailure() throws InterruptedException {
    project.newDisk(WEB);
    assertThat(project.explain(WEB).noStampReason()).contains("no run has succeeded on this disk");

    project.fail(WEB, Trigger.AUTO, StepKind.TRANSFER);

    assertThat(project.explain(WEB).noStampReason())
        .contains("no run has succeeded on this disk; run 1 failed at `transfer`");
  }

  @Test
  void aRunUnderWayIsWaitedForAndItsCastraIsNamed() throws InterruptedException {
    bootstrapped();
    StampExplanation explanation =
        project.during(
            session -> {
              try (VmClaims.Claim claim = session.claims().tryClaim(WEB).orElseThrow()) {
                claim.announce();
                OpenRun run = project.start(session, WEB, Trigger.ALWAYS);
                run.stepStarted(StepKind.APPLY);
                return project.explain(WEB);
              }
            });

    assertThat(explanation.worker().orElseThrow().pid()).isEqualTo(ProcessIdentity.ofSelf().pid());
    assertThat(explanation.worker().orElseThrow().command()).isEqualTo("castra up");
    assertThat(explanation.stamp()).isEmpty();
    assertThat(explanation.noStampReason()).contains("run 2 is changing the disk");
    assertThat(explanation.next().action()).isEqualTo("wait");
    assertThat(explanation.next().reason()).startsWith("run 2 is under way at `apply`");
  }

  @ParameterizedTest
  @CsvSource({"TRANSFER, true", "APPLY, false"})
  void aRunThatWasLeftBehindHidesTheStampOnceItsScriptBegan(StepKind step, boolean shown)
      throws InterruptedException {
    bootstrapped();
    project.abandon(WEB, Trigger.AUTO, step);

    StampExplanation explanation = project.explain(WEB);

    assertThat(explanation.worker()).isEmpty();
    assertThat(explanation.stamp().isPresent()).isEqualTo(shown);
    assertThat(explanation.noStampReason())
        .isEqualTo(
            shown
                ? Optional.empty()
                : Optional.of("run 2 was left behind while it changed the disk"));
  }

  @Test
  void whatWouldStopTheUpIsToldWithItsRemedyAndTheStampAllTheSame() throws InterruptedException {
    bootstrapped();
    project.config("", "script = \"gone.sh\"\n");

    StampExplanation explanation = project.explain(WEB);

    assertThat(explanation.stamp()).isPresent();
    assertThat(explanation.next().action()).isEqualTo("error");
    assertThat(explanation.next().reason()).contains("gone.sh` does not exist");
    assertThat(explanation.next().hint()).isPresent();
  }

  @Test
  void aVmThatLeftTheConfigurationIsStillExplained() throws InterruptedException {
    bootstrapped();
    project.file("castra.toml", RecordedProject.vm("db"));

    StampExplanation explanation = project.explain(WEB);

    assertThat(explanation.stamp()).isPresent();
    assertThat(explanation.next().action()).isEqualTo("none");
  }

  @ParameterizedTest
  @CsvSource({
    "mail, There is no VM `mail`., 'castra.toml has: api-0, api-1.'",
    "Not a name, There is no VM `Not a name`., 'castra.toml has: api-0, api-1.'",
    "api, '`api` is a role, and no VM.', 'Name one of its VMs: api-0, api-1.'"
  })
  void whatIsNoVmIsRefusedWithTheNamesThatExist(String name, String message, String hint) {
    project.file("castra.toml", RecordedProject.vm("api") + "count = 2\n");

    CastraException refused =
        catchThrowableOfType(
            CastraException.class, () -> new ExplainStamp(project.load(), Host.real()).of(name));

    assertThat(refused.code()).isEqualTo(ErrorCode.VM_NOT_FOUND);
    assertThat(refused).hasMessage(message);
    assertThat(refused.hint()).isEqualTo(hint);
  }

  private RunId bootstrapped() throws InterruptedException {
    project.newDisk(WEB);
    return project.succeed(WEB);
  }
}
