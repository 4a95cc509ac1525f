package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens between the start of QEMU and the moment castra knows of it. */
final class OrphanedStartVmIT {
  private CastraProject project;

  @BeforeEach
  void describe() throws IOException {
    project = CastraProject.withGuest();
    project.config("[[vms]]\nname = \"web\"\n").script("web", "echo done");
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    WrappedQemu.useNone(project);
    project.close();
  }

  @Test
  void aVmWhoseStarterWasKilledIsShownAndTakenOver() throws IOException, InterruptedException {
    WrappedQemu.use(project, "\"$qemu\" \"$@\"; kill -9 $PPID");
    project.up().exitsWith(137);
    WrappedQemu.useNone(project);

    JsonNode orphan = project.status("web");
    long pid = orphan.path("pid").asLong();
    assertThat(Host.isAlive(pid)).as(orphan.toString()).isTrue();
    assertThat(orphan.path("ports").get(0).path("host").asInt()).isPositive();

    CastraResult next = project.up().exitsWith(0);

    assertThat(next.outcome("web").path("status").asText()).isEqualTo("Success");
    assertThat(next.events("VmStarted")).isEmpty();
    assertThat(project.status("web").path("pid").asLong()).isEqualTo(pid);
  }

  @Test
  void aVmThatAnotherCastraIsStartingIsStoppedAsSoonAsItHasAProcess()
      throws IOException, InterruptedException {
    project.script("web", "sleep 600");
    Path here = project.directory().resolve("starting");
    Path go = project.directory().resolve("go");
    WrappedQemu.use(
        project,
        "touch %s; until [ -e %s ]; do sleep 0.05; done; exec \"$qemu\" \"$@\""
            .formatted(here, go));
    CastraProcess up = project.startUp();
    Host.await("QEMU to be started", () -> Files.exists(here));
    CastraProcess down = project.start("down", "--json");
    assertThat(down.awaitEvent("Diagnostic").path("code").asText()).isEqualTo("waiting");
    Files.createFile(go);
    CastraResult stopped = down.end().exitsWith(0);
    CastraResult result = up.end().exitsWith(70);

    assertThat(stopped.events("ShutdownComplete", "web")).hasSize(1);
    assertThat(result.event("BootstrapFailed", "web").path("status").asText())
        .isEqualTo("interrupted");
    assertThat(project.status("web").path("state").asText()).isEqualTo("stopped");
  }
}
