package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.contract.Schemas;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.Json;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.Trigger;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShowRunTest {
  private static final VmName WEB = RecordedProject.WEB;

  @TempDir Path folder;
  private RecordedProject project;

  @BeforeEach
  void write() throws InterruptedException {
    project = new RecordedProject(folder);
    project.newDisk(WEB);
  }

  @Test
  void theStepsComeInTheirOrderWithTheirTimes() throws InterruptedException {
    RunDetails details = show(project.succeed(WEB, 400, 30, 20, 700, 10));

    assertThat(details.steps()).extracting(StepRecord::step).containsExactly(StepKind.values());
    assertThat(details.steps()).extracting(StepRecord::durationMs).contains(400L, 700L);
    assertThat(details.current()).isEmpty();
    assertThat(details.command()).isEqualTo("castra up");
    assertThat(details.before()).isEmpty();
  }

  @Test
  void whatChangedSinceTheRunBeforeIsNamedAndASecretIsNot() throws InterruptedException {
    RunId first = project.succeed(WEB);
    project.file("bootstrap/web/payload/app.env", "COLOUR=blue\n");
    project.file("bootstrap/web/payload/new", "");
    project.config("", "env = { TOKEN = \"second secret\" }\n");

    RunDetails details = show(project.fail(WEB, Trigger.AUTO, StepKind.APPLY));

    RunDetails.Before before = details.before().orElseThrow();
    assertThat(before.run()).isEqualTo(first);
    assertThat(before.status()).isEqualTo(RunStatus.SUCCESS);
    assertThat(before.sameDisk()).isTrue();
    assertThat(before.changes())
        .hasSize(3)
        .anyMatch(change -> change.startsWith("`payload/app.env` changed ("))
        .contains("`payload/new` added", "env `TOKEN` changed");
    assertThat(Json.compact(details.fields())).doesNotContain("secret");
    assertThat(details.errorCode()).contains("bootstrap-failed");
    assertThat(details.hint()).contains("Mend it.");
  }

  @Test
  void anotherBaseImageAndAnotherDiskAreTold() throws InterruptedException {
    project.succeed(WEB);
    project.image((byte) 1);
    project.newDisk(WEB);

    RunDetails details = show(project.succeed(WEB));

    RunDetails.Before before = details.before().orElseThrow();
    assertThat(before.sameDisk()).isFalse();
    assertThat(before.baseImageHash()).isNotEqualTo(details.entry().baseImageHash());
    assertThat(before.changes()).isEmpty();
  }

  @Test
  void theRunBeforeIsOneOfTheSameVm() throws InterruptedException {
    RunId first = project.succeed(WEB);
    project.newDisk(RecordedProject.DB);
    project.succeed(RecordedProject.DB);

    RunDetails details = show(project.succeed(WEB));

    assertThat(details.before().map(RunDetails.Before::run)).contains(first);
  }

  @Test
  void ofARunUnderWayTheStepIsTold() throws InterruptedException {
    project.change(
        session -> {
          try (VmClaims.Claim claim = session.claims().tryClaim(WEB).orElseThrow()) {
            claim.announce();
            var run = project.start(session, WEB, Trigger.AUTO);
            run.stepStarted(StepKind.APPLY);
            RunDetails details = show(run.id());
            assertThat(details.entry().status()).isEqualTo(RunStatus.RUNNING);
            assertThat(details.current().map(RunDetails.CurrentStep::step)).contains("apply");
          }
        });
  }

  @Test
  void aRunThatThereIsNotIsRefused() {
    assertThatThrownBy(() -> show(new RunId(99)))
        .isInstanceOfSatisfying(
            CastraException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.RUN_NOT_FOUND);
              assertThat(refusal).hasMessage("There is no run 99.");
            });
  }

  private RunDetails show(RunId run) {
    RunDetails details = new ShowRun(project.load(), Host.real()).of(run.value());
    Schemas.valid(Json.compact(details.fields()));
    return details;
  }
}
