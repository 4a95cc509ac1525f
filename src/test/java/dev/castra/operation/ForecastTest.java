package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.bootstrap.Decision;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** `castra stamps explain` foretells what `castra up` then decides, in the same words. */
final class ForecastTest {
  private static final VmName WEB = RecordedProject.WEB;

  @TempDir Path folder;
  private RecordedProject project;

  @BeforeEach
  void write() {
    project = new RecordedProject(folder);
  }

  @Test
  void anUnchangedArtifactIsNoOp() throws InterruptedException {
    bootstrapped();

    foretells("noop", "unchanged since run 1");
    assertThat(project.explain(WEB).next().changes()).isEmpty();
  }

  @Test
  void aChangedByteOfThePayloadIsNamed() throws InterruptedException {
    bootstrapped();
    project.file("bootstrap/web/payload/app.env", "COLOUR=reD\n");

    foretells("run", "`payload/app.env` changed (");
    assertThat(project.explain(WEB).next().changesSince()).contains(runId(1));
  }

  @Test
  void everyChangeIsListedHoweverMany() throws InterruptedException {
    bootstrapped();
    for (int i = 0; i < 5; i++) {
      project.file("bootstrap/web/payload/new" + i, "");
    }

    foretells("run", "and 2 more since run 1");
    assertThat(project.explain(WEB).next().changes())
        .hasSize(5)
        .allMatch(change -> change.endsWith("` added"));
  }

  @Test
  void aChangedSecretIsNamedWithoutItsValue() throws InterruptedException {
    bootstrapped();
    project.config("", "env = { TOKEN = \"second secret\" }\n");

    foretells("run", "env `TOKEN` changed since run 1");
    assertThat(project.explain(WEB).fields().toString()).doesNotContain("secret");
  }

  @Test
  void goingBackToAnOldArtifactIsARun() throws InterruptedException {
    bootstrapped();
    project.file("bootstrap/web/run.sh", "second");
    project.succeed(WEB);
    foretells("noop", "unchanged since run 2");
    project.file("bootstrap/web/run.sh", "#!/bin/sh\ntrue\n");

    foretells("run", "script changed (");
  }

  @Test
  void aNewBaseImageIsARun() throws InterruptedException {
    bootstrapped();
    project.image((byte) 1);

    foretells("run", "base image changed (");
  }

  @Test
  void aDiskWithoutItsFileIsARun() throws InterruptedException {
    bootstrapped();
    project.delete(project.explain(WEB).disk().orElseThrow().path());

    foretells("run", "the disk's file was gone");
  }

  @Test
  void aDiskThatWasNeverFinishedIsARun() throws InterruptedException {
    project.change(session -> session.disks().planned(project.draft(session, WEB)));

    foretells("run", "the disk was never finished");
  }

  @Test
  void anEphemeralDiskIsARunEveryTime() throws InterruptedException {
    bootstrapped();
    project.config("disk = \"ephemeral\"\n", "");

    foretells("run", "the disk is ephemeral");
  }

  @ParameterizedTest
  @CsvSource({
    "disabled, skip, bootstrap is disabled",
    "always, run, forced by mode `always`",
    "force, run, forced by mode `always`"
  })
  void theModeOfTheConfigurationCounts(String mode, String action, String reason)
      throws InterruptedException {
    bootstrapped();
    project.config("", "mode = \"" + mode + "\"\nenv = { TOKEN = \"first secret\" }\n");

    foretells(action, reason);
  }

  @Test
  void withoutAScriptThereIsNothingToRun() throws InterruptedException {
    bootstrapped();
    project.delete(folder.resolve("bootstrap/web/run.sh"));

    foretells("skip", "no bootstrap script is configured");
  }

  @Test
  void aWithdrawnStampIsARun() throws InterruptedException {
    bootstrapped();
    project.during(session -> session.stamps().withdraw(WEB));

    foretells("run", "the stamp of run 1 was withdrawn");
  }

  @ParameterizedTest
  @CsvSource({"AUTO, TRANSFER", "AUTO, APPLY", "ALWAYS, CONNECT", "ALWAYS, VERIFY"})
  void afterAFailureWithTheSameArtifactItIsARunUnlessTheStampStayed(Trigger trigger, StepKind step)
      throws InterruptedException {
    bootstrapped();
    project.fail(WEB, trigger, step);

    boolean stays = trigger == Trigger.AUTO && step == StepKind.TRANSFER;
    foretells(
        stays ? "noop" : "run",
        stays ? "unchanged since run 1" : "last run 2 failed at `" + step.id() + "`");
  }

  @ParameterizedTest
  @CsvSource({
    "AUTO, CONNECT",
    "AUTO, TRANSFER",
    "AUTO, APPLY",
    "AUTO, VERIFY",
    "ALWAYS, CONNECT",
    "ALWAYS, APPLY"
  })
  void aRunWhoseCastraDiedIsTakenForInterrupted(Trigger trigger, StepKind step)
      throws InterruptedException {
    bootstrapped();
    project.abandon(WEB, trigger, step);

    boolean stays = trigger == Trigger.AUTO && !step.changesDisk();
    foretells(
        stays ? "noop" : "run",
        stays ? "unchanged since run 1" : "last run 2 was interrupted at `" + step.id() + "`");
  }

  @Test
  void anInterruptedRunOfANewArtifactIsARunAndTheOldArtifactOnlyIfTheScriptBegan()
      throws InterruptedException {
    bootstrapped();
    project.file("bootstrap/web/run.sh", "second");
    project.abandon(WEB, Trigger.AUTO, StepKind.TRANSFER);

    assertThat(project.explain(WEB).next().reason())
        .isEqualTo("last run 2 was interrupted at `transfer`");
    project.file("bootstrap/web/run.sh", "#!/bin/sh\ntrue\n");
    foretells("noop", "unchanged since run 1");
  }

  private void bootstrapped() throws InterruptedException {
    project.newDisk(WEB);
    project.succeed(WEB);
  }

  private static dev.castra.run.RunId runId(long id) {
    return new dev.castra.run.RunId(id);
  }

  /** The forecast comes first: deciding for real reconciles what a dead castra left. */
  private void foretells(String action, String reason) throws InterruptedException {
    StampExplanation.Next next = project.explain(WEB).next();
    Decision decision = project.decide(WEB);

    assertThat(next.reason()).contains(reason).isEqualTo(decision.reason());
    assertThat(next.action()).isEqualTo(action).isEqualTo(decision.action());
  }
}
