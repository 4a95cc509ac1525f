package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** VMs that wait for others to boot, which never come up, and starts that cannot be recorded. */
final class QueuedBootsVmIT {
  private static final List<String> VMS = List.of("web", "api", "db");

  private CastraProject project;

  @BeforeEach
  void describe() throws IOException {
    project = CastraProject.create();
    BootSector.write(project.directory().resolve("silent.img"));
    StringBuilder toml = new StringBuilder("[lifecycle]\ngraceful_shutdown_wait_secs = 1\n");
    for (String vm : VMS) {
      project.script(vm, "echo never");
      toml.append(
          """
          [[vms]]
          name = "%s"
          base_image = "silent.img"
          memory = "64 MiB"
          [vms.bootstrap]
          handshake_timeout_secs = 3600
          """
              .formatted(vm));
    }
    project.file("castra.toml", toml.toString());
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    project.close();
  }

  @Test
  void aVmThatWaitsForItsTurnCanBeStoppedAndInterrupted()
      throws InterruptedException, SQLException {
    CastraProcess up = project.startSignalled("up", "--json", "--jobs", "1");
    String booting = up.awaitEvent("VmStarted").path("vm").asText();
    List<String> queue = new ArrayList<>(VMS);
    queue.remove(booting);
    for (String vm : queue) {
      up.awaitEvent(
          "run of " + vm,
          event ->
              event.path("type").asText().equals("BootstrapStarted")
                  && event.path("vm").asText().equals(vm));
    }
    String stopped = queue.get(0);
    String interrupted = queue.get(1);

    CastraResult down = project.down(stopped).exitsWith(0);
    assertThat(down.event("ShutdownComplete", stopped).path("outcome").asText())
        .isEqualTo("already-stopped");
    JsonNode failed =
        up.awaitEvent(
            "the end of " + stopped,
            event -> event.path("type").asText().equals("BootstrapFailed"));
    up.signal("INT");
    CastraResult result = up.end().exitsWith(130);

    assertThat(failed.path("vm").asText()).isEqualTo(stopped);
    assertThat(failed.path("error").asText()).contains("another castra stopped VM `" + stopped);
    assertThat(result.outcome(interrupted).path("error").asText())
        .isEqualTo("The start was interrupted by SIGINT.");
    assertThat(result.events("VmStarted")).hasSize(1);
    assertThat(project.status(stopped).path("state").asText()).isEqualTo("stopped");
    assertThat(project.status(booting).path("pid").asLong()).isPositive();
    assertThat(project.records().column("SELECT status FROM runs"))
        .hasSize(3)
        .containsOnly("interrupted");
    assertThat(project.records().column("SELECT vm FROM boots WHERE ended_at IS NULL"))
        .containsExactly(booting);
  }

  @Test
  void aVmWhoseStartCouldNotBeRecordedIsNotTakenForDead()
      throws InterruptedException, SQLException {
    // Nothing runs yet, but now there is a database.
    project.run("bootstrap", "web").exitsWith(70);
    project
        .records()
        .update("ALTER TABLE events ADD CONSTRAINT ck_full CHECK (type <> 'VmStarted')");

    CastraResult up = project.up("web").exitsWith(70);

    assertThat(up.outcome("web").path("error").asText()).contains("CK_FULL");
    long pid = project.status("web").path("pid").asLong();
    assertThat(Host.isAlive(pid)).isTrue();
    assertThat(project.records().column("SELECT vm FROM boots WHERE ended_at IS NULL"))
        .containsExactly("web");

    project.records().update("ALTER TABLE events DROP CONSTRAINT ck_full");
    assertThat(project.down("web").exitsWith(0).events("ShutdownComplete", "web")).hasSize(1);
    assertThat(Host.isAlive(pid)).isFalse();
  }
}
