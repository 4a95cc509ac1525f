package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.event.JsonText;
import dev.castra.event.Outcome;
import dev.castra.guest.SshGuestServer;
import dev.castra.guest.SshKeys;
import dev.castra.run.OutcomeStatus;
import dev.castra.vm.VmState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines that exist already, from castra.toml to the database. */
final class ForeignUpTest {
  @TempDir Path folder;

  private SshProject project;
  private SshGuestServer guest;

  @BeforeEach
  void open() throws IOException {
    project = new SshProject(folder);
    guest = project.add("web");
    project.script("web", "echo ran >>'" + folder + "/ran'\n");
  }

  @AfterEach
  void close() {
    project.close();
  }

  private Outcome up(String... overrides) throws IOException, InterruptedException {
    return project.up(overrides).outcomes().get(0);
  }

  private List<String> runs() throws IOException {
    Path ran = folder.resolve("ran");
    return Files.exists(ran) ? Files.readAllLines(ran) : List.of();
  }

  @Test
  void isPinnedOnFirstContactAndBootstrappedOnce() throws IOException, InterruptedException {
    Outcome first = up();

    assertThat(first.status()).isEqualTo(OutcomeStatus.Success);
    assertThat(first.reason()).isEqualTo("the machine is new");
    CastraEvent.MachinePinned pinned = project.told(CastraEvent.MachinePinned.class, "web").get(0);
    assertThat(pinned.fingerprint()).isEqualTo(guest.hostKey().fingerprint());
    assertThat(pinned.baseImageHash())
        .isEqualTo(project.told(CastraEvent.BootstrapStarted.class, "web").get(0).baseImageHash())
        .isEqualTo(SshKeys.hash(guest.hostKey().publicKeyLine()));
    assertThat(project.told(CastraEvent.BootstrapStep.class, "web")).hasSize(5);

    int commands = guest.commands();
    Outcome second = up();

    assertThat(second.status()).isEqualTo(OutcomeStatus.NoOp);
    assertThat(second.reason()).isEqualTo("unchanged since run 1");
    assertThat(project.told(CastraEvent.HandshakeCompleted.class, "web")).hasSize(1);
    assertThat(guest.commands()).as("the handshake's own").isEqualTo(commands + 1);
    assertThat(runs()).hasSize(1);
  }

  @Test
  void runsAgainWhenItsInputsChange() throws IOException, InterruptedException {
    project.payload("web", "app.env", "one");
    up();
    project.payload("web", "app.env", "two");

    Outcome changed = up();

    assertThat(changed.status()).isEqualTo(OutcomeStatus.Success);
    assertThat(changed.reason()).startsWith("`payload/app.env` changed").endsWith("since run 1");
    assertThat(runs()).hasSize(2);
  }

  @Test
  void refusesAReinstalledMachineUntilItsKeyIsTrusted() throws IOException, InterruptedException {
    up();
    guest.restartWith(SshKeys.generate("reinstalled"));

    Outcome refused = up();

    assertThat(refused.failure().orElseThrow().error()).contains("SSH host key");
    assertThat(refused.failure().orElseThrow().hint()).contains("castra trust");
    assertThat(project.told(CastraEvent.VmFailed.class, "web")).hasSize(1);
    assertThat(project.status("web").reachable()).isFalse();
    assertThat(runs()).hasSize(1);

    Trust.Offer offer = trust();
    assertThat(offer.shown()).isEqualTo(guest.hostKey().fingerprint());
    assertThat(offer.known()).isPresent();

    Outcome accepted = up();
    assertThat(accepted.status()).isEqualTo(OutcomeStatus.Success);
    assertThat(accepted.reason()).isEqualTo("no stamp on this disk");
    assertThat(runs()).hasSize(2);
  }

  private Trust.Offer trust() throws IOException, InterruptedException {
    return new Trust(project.load(), Host.real(), project.cancellation)
        .run("web", SshProject.COMMAND, EventSink.NONE, offer -> true);
  }

  @Test
  void aKeyThatIsNotAcceptedChangesNothing() throws IOException, InterruptedException {
    up();
    guest.restartWith(SshKeys.generate("reinstalled"));

    new Trust(project.load(), Host.real(), project.cancellation)
        .run("web", SshProject.COMMAND, EventSink.NONE, offer -> false);

    assertThat(up().failure()).isPresent();
  }

  @Test
  void goesByTheKeyOfTheConfiguration() throws IOException, InterruptedException {
    String old = guest.hostKey().publicKeyLine();
    project.setSsh("web", "host_key = \"" + old + "\"");
    assertThat(up().status()).isEqualTo(OutcomeStatus.Success);

    guest.restartWith(SshKeys.generate("reinstalled"));
    assertThat(up().failure()).isPresent();
    assertThatThrownBy(this::trust)
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("fixed");

    project.setSsh("web", "host_key = \"" + guest.hostKey().publicKeyLine() + "\"");
    Outcome accepted = up();
    assertThat(accepted.status()).isEqualTo(OutcomeStatus.Success);
    assertThat(accepted.reason()).isEqualTo("the machine's SSH host key changed");
  }

  @Test
  void aWrongKeyInTheConfigurationCostsNeitherTheIdentityNorTheStamp()
      throws IOException, InterruptedException {
    String genuine = guest.hostKey().publicKeyLine();
    up();
    project.setSsh("web", "host_key = \"" + SshKeys.generate("mistyped").publicKeyLine() + "\"");

    Outcome refused = up();

    assertThat(project.told(CastraEvent.BootstrapPlanned.class, "web").get(0).reason())
        .isEqualTo("the machine's SSH host key changed");
    assertThat(refused.failure().orElseThrow().error()).contains("answered with SSH host key");
    assertThat(project.told(CastraEvent.MachinePinned.class, "web")).isEmpty();
    assertThat(project.told(CastraEvent.BootstrapStarted.class, "web")).isEmpty();
    assertThat(project.status("web").reachable()).isFalse();
    assertThat(project.status("web").stamp()).isPresent();
    assertThat(up("always").failure()).isPresent();

    for (String corrected : List.of("host_key = \"" + genuine + "\"", "")) {
      project.setSsh("web", corrected);
      assertThat(up().status()).as(corrected).isEqualTo(OutcomeStatus.NoOp);
    }
    assertThat(runs()).hasSize(1);
  }

  @Test
  void aNewMachineIsPinnedToNoKeyThatItDidNotShow() throws IOException, InterruptedException {
    project.setSsh("web", "host_key = \"" + SshKeys.generate("mistyped").publicKeyLine() + "\"");
    Outcome refused = up();
    assertThat(refused.failure().orElseThrow().step()).contains("wait-handshake");
    assertThat(project.told(CastraEvent.BootstrapFailed.class, "web")).hasSize(1);
    assertThat(project.told(CastraEvent.MachinePinned.class, "web")).isEmpty();

    project.setSsh("web", "");
    Outcome accepted = up();

    assertThat(accepted.status()).isEqualTo(OutcomeStatus.Success);
    assertThat(accepted.reason()).isEqualTo("the machine is new");
    assertThat(runs()).hasSize(1);
  }

  /** The reason is known before the machine is met, which may take minutes. */
  @Test
  void theReasonIsToldBeforeTheFirstContact() throws IOException, InterruptedException {
    List<Integer> contacts = new ArrayList<>();
    new Up(project.load(), Host.real(), Up.Options.plain(), project.cancellation)
        .run(
            SshProject.COMMAND,
            event -> {
              if (event.event() instanceof CastraEvent.BootstrapPlanned) {
                contacts.add(guest.connections());
              }
            });

    assertThat(contacts).containsExactly(0);
  }

  @Test
  void aMachineThatHasJustAnsweredIsNotCalledSilentByCtrlC()
      throws IOException, InterruptedException {
    Up.Result result =
        new Up(project.load(), Host.real(), Up.Options.plain(), project.cancellation)
            .run(
                SshProject.COMMAND,
                event -> {
                  if (event.event() instanceof CastraEvent.BootstrapStep) {
                    project.cancellation.request("interrupted by a test");
                  }
                });

    assertThat(result.outcomes().get(0).failure().orElseThrow().step()).contains("wait-handshake");
    assertThat(project.status("web").reachable()).isTrue();
  }

  @Test
  void aMachineThatNeverAnsweredFailsItsRunWithOneLog() throws IOException, InterruptedException {
    guest.stop();
    project.set("web", "handshake_timeout_secs = 1");

    Outcome failed = up();

    Outcome.Failure failure = failed.failure().orElseThrow();
    assertThat(failure.step()).contains("wait-handshake");
    assertThat(project.told(CastraEvent.BootstrapFailed.class, "web")).hasSize(1);
    JsonNode log = JsonText.parse(Files.readString(Path.of(failure.logPath().orElseThrow())));
    assertThat(log.path("failure_class").asText()).isEqualTo("refused");
    assertThat(log.path("error").asText()).endsWith("`refused`: Connection refused.");
    assertThat(log.path("steps").path(0).path("duration_ms").asLong()).isPositive();
    assertThat(project.status("web").state()).isEqualTo(VmState.FAILED);

    guest.start();
    assertThat(up().status()).isEqualTo(OutcomeStatus.Success);
    assertThat(project.status("web").state()).isEqualTo(VmState.RUNNING);
  }

  @Test
  void aHostNameThatDoesNotExistIsAFailureOfThatMachineAlone()
      throws IOException, InterruptedException {
    project.add("other");
    project.script("other", "true\n");
    project.setHost("web", "no-such-host.invalid");
    project.set("web", "handshake_timeout_secs = 1");

    Up.Result result = project.up();

    assertThat(result.outcomes().get(0).failure().orElseThrow().error())
        .contains("no-such-host.invalid");
    assertThat(result.outcomes().get(1).status()).isEqualTo(OutcomeStatus.Success);
  }

  @Test
  void isStillShakenHandsWithWhenItsBootstrapIsDisabled() throws IOException, InterruptedException {
    Outcome skipped = up("disabled");

    assertThat(skipped.status()).isEqualTo(OutcomeStatus.Skipped);
    assertThat(project.told(CastraEvent.HandshakeCompleted.class, "web")).hasSize(1);
    assertThat(runs()).isEmpty();
  }

  @Test
  void aMachineThatIsSilentWithoutADueRunSaysHowFarTheLastTryCame()
      throws IOException, InterruptedException {
    up();
    guest.stop();
    project.set("web", "handshake_timeout_secs = 1\nmode = \"disabled\"");

    Outcome failed = up();

    CastraEvent.VmFailed told = project.told(CastraEvent.VmFailed.class, "web").get(0);
    assertThat(told.error()).isEqualTo(failed.failure().orElseThrow().error());
    assertThat(told.silentGuest().orElseThrow().failureClass()).isEqualTo("refused");
    assertThat(told.silentGuest().orElseThrow().serialTail()).isEmpty();
    assertThat(told.logPath()).isEmpty();
  }

  @Test
  void isLeftAloneByDownAndRefusedByDestroy() throws IOException, InterruptedException {
    up();

    assertThat(
            new Down(project.load(), Host.real(), project.cancellation)
                .run(List.of(), SshProject.COMMAND, project.events::add))
        .extracting(Down.Result::outcome)
        .containsExactly(Down.LEFT_ALONE);
    assertThat(project.told(CastraEvent.ShutdownComplete.class, "web"))
        .extracting(CastraEvent.ShutdownComplete::outcome)
        .containsExactly(Down.LEFT_ALONE);
    assertThatThrownBy(
            () ->
                new Destroy(project.load(), Host.real(), project.cancellation)
                    .run(List.of("web"), SshProject.COMMAND, EventSink.NONE))
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("did not make");
    assertThat(up().status()).isEqualTo(OutcomeStatus.NoOp);
  }

  @Test
  void anIdentityFileThatCannotBeReadIsFoundBeforeAnythingIsTouched() throws IOException {
    Files.delete(folder.resolve("id"));

    assertThatThrownBy(this::up)
        .isInstanceOfSatisfying(
            CastraException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.PREFLIGHT_FAILED))
        .hasMessageContaining("VM `web`");
    assertThat(folder.resolve(".castra")).doesNotExist();
  }
}
