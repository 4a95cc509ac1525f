package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.EventSink;
import dev.castra.event.Outcome;
import dev.castra.guest.SshGuestServer;
import dev.castra.guest.SshKeys;
import dev.castra.run.OutcomeStatus;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stamps of machines that exist already, and what real runs of `castra up` make of a forecast. */
final class ForeignForecastTest {
  @TempDir Path folder;

  private SshProject project;
  private SshGuestServer guest;

  @BeforeEach
  void open() throws IOException {
    project = new SshProject(folder);
    guest = project.add("web");
    project.script("web", "true\n");
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void aMachineThatWasNeverSeenIsNotContacted() throws Exception {
    StampExplanation explanation = explain();

    assertThat(explanation.noStampReason()).contains("the machine is not known yet");
    assertThat(explanation.next().baseImageHash()).isEmpty();
    assertThat(guest.commands()).isZero();
    assertThat(guest.connections()).isZero();
    comesTrue(OutcomeStatus.Success, "the machine is new");
  }

  @Test
  void aBootstrappedMachineHoldsItsStampUntilItsInputsChange() throws Exception {
    project.up();
    assertThat(stamp().state()).isEqualTo(StampState.CURRENT);
    assertThat(stamp().diskState()).isEqualTo("present");
    assertThat(explain().stamp().orElseThrow().baseImageHash())
        .isEqualTo(SshKeys.hash(guest.hostKey().publicKeyLine()));
    comesTrue(OutcomeStatus.NoOp, "unchanged since run 1");

    project.payload("web", "app.env", "one");

    comesTrue(OutcomeStatus.Success, "`payload/app.env` added since run 1");
  }

  @Test
  void aWithdrawnStampLetsTheMachineBeBootstrappedAgain() throws Exception {
    project.up();

    assertThat(
            new WithdrawStamp(project.load(), Host.real())
                .run("web", SshProject.COMMAND, EventSink.NONE))
        .isPresent();

    comesTrue(OutcomeStatus.Success, "the stamp of run 1 was withdrawn");
  }

  @Test
  void aFailedRunIsTheReasonOfTheNext() throws Exception {
    project.script("web", "exit 3\n");
    project.up();

    assertThat(explain().noStampReason())
        .contains("no run has succeeded on this disk; run 1 failed at `apply`");
    comesTrue(OutcomeStatus.Failed, "last run 1 failed at `apply`");
  }

  @Test
  void anotherKeyInTheConfigurationStandsForAnotherMachine() throws Exception {
    project.setSsh("web", "host_key = \"" + guest.hostKey().publicKeyLine() + "\"");
    project.up();
    guest.restartWith(SshKeys.generate("reinstalled"));
    project.setSsh("web", "host_key = \"" + guest.hostKey().publicKeyLine() + "\"");

    assertThat(explain().next().baseImageHash())
        .contains(SshKeys.hash(guest.hostKey().publicKeyLine()));
    comesTrue(OutcomeStatus.Success, "the machine's SSH host key changed");
    assertThat(new Stamps(project.load(), Host.real()).list().stamps())
        .extracting(StampsReport.Stamp::state, StampsReport.Stamp::diskState)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(StampState.CURRENT, "present"),
            org.assertj.core.groups.Tuple.tuple(StampState.DISK_GONE, "replaced"));
  }

  /** The forecast is what the next `up` then does. */
  private void comesTrue(OutcomeStatus status, String reason) throws Exception {
    StampExplanation.Next next = explain().next();
    Outcome outcome = project.up().outcomes().get(0);

    assertThat(next.reason()).isEqualTo(reason).isEqualTo(outcome.reason());
    assertThat(next.action()).isEqualTo(status == OutcomeStatus.NoOp ? "noop" : "run");
    assertThat(outcome.status()).isEqualTo(status);
  }

  private StampExplanation explain() throws Exception {
    return new ExplainStamp(project.load(), Host.real()).of("web");
  }

  private StampsReport.Stamp stamp() throws Exception {
    return new Stamps(project.load(), Host.real()).list().stamps().get(0);
  }
}
