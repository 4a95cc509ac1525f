package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.CastraEvent;
import dev.castra.event.Outcome;
import dev.castra.guest.SshGuestServer;
import dev.castra.run.OutcomeStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two VMs of castra.toml that lead to one machine. */
final class SharedHostKeyTest {
  @TempDir Path folder;

  private SshProject project;
  private SshGuestServer guest;

  @BeforeEach
  void open() throws IOException {
    project = new SshProject(folder);
    guest = project.add("web");
    for (String vm : List.of("web", "alias")) {
      project.script(vm, "echo " + vm + " >>'" + folder + "/ran'\n");
    }
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void onlyOneIsPinnedWhenBothMeetItAtOnce() throws IOException, InterruptedException {
    project.add("alias", guest);
    guest.delayBanner(Duration.ofMillis(300));

    assertOneRefused(project.up());
  }

  @Test
  void onlyOneIsAcceptedWhenTheConfigurationGivesBothTheKey()
      throws IOException, InterruptedException {
    project.add("alias", guest);
    fixKey("web", guest);
    fixKey("alias", guest);

    assertOneRefused(project.up());
  }

  private void assertOneRefused(Up.Result result) throws IOException, InterruptedException {
    assertThat(result.exitCode()).isEqualTo(70);
    assertThat(result.outcomes())
        .extracting(Outcome::status)
        .containsExactlyInAnyOrder(OutcomeStatus.Success, OutcomeStatus.Failed);
    Outcome refused = with(result, OutcomeStatus.Failed);
    String winner = with(result, OutcomeStatus.Success).vm().value();
    assertThat(refused.failure().orElseThrow().error()).contains("host key of VM `" + winner);
    assertThat(project.told(CastraEvent.MachinePinned.class, refused.vm().value())).isEmpty();
    assertThat(Files.readAllLines(folder.resolve("ran"))).containsExactly(winner);

    Up.Result again = project.up();
    assertThat(with(again, OutcomeStatus.NoOp).vm().value()).isEqualTo(winner);
    assertThat(with(again, OutcomeStatus.Failed).vm()).isEqualTo(refused.vm());
  }

  private static Outcome with(Up.Result result, OutcomeStatus status) {
    return result.outcomes().stream()
        .filter(outcome -> outcome.status() == status)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aVmThatIsRefusedTheKeyOfAnotherKeepsItsOwn() throws IOException, InterruptedException {
    SshGuestServer other = project.add("alias");
    project.up();
    fixKey("alias", guest);

    Outcome refused = project.up().outcomes().get(1);

    assertThat(refused.failure().orElseThrow().error()).contains("host key of VM `web`");
    fixKey("alias", other);
    assertThat(project.up().outcomes())
        .extracting(Outcome::status)
        .containsOnly(OutcomeStatus.NoOp);
  }

  private void fixKey(String vm, SshGuestServer machine) {
    project.setSsh(vm, "host_key = \"" + machine.hostKey().publicKeyLine() + "\"");
  }
}
