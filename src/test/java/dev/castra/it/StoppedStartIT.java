package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A VM without a bootstrap that is waited for, and does not answer. */
final class StoppedStartIT {
  private final CastraProject project;

  StoppedStartIT() throws IOException {
    project = CastraProject.create();
    BootSector.write(project.directory().resolve("boot.img"));
  }

  private void describe(int handshakeSeconds) {
    project.file(
        "castra.toml",
        """
        [lifecycle]
        graceful_shutdown_wait_secs = 1
        [[vms]]
        name = "web"
        base_image = "boot.img"
        memory = "128 MiB"
        [vms.bootstrap]
        handshake_timeout_secs = %d
        """
            .formatted(handshakeSeconds));
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    project.close();
  }

  @Test
  void anUpSaysThatAnotherCastraStoppedItsVm() throws InterruptedException {
    describe(600);
    CastraProcess up = project.startUp();
    up.awaitEvent("VmStarted");

    project.down().exitsWith(0);

    CastraResult stopped = up.end().exitsWith(130);
    assertThat(stopped.outcome("web").path("error").asText())
        .isEqualTo("The start was interrupted: another castra stopped VM `web`.");
  }

  @Test
  void aSilentGuestLeavesTheClassOfTheLastFailureAndItsSerialLog() throws InterruptedException {
    describe(2);

    CastraResult silent = project.up().exitsWith(70);

    JsonNode failed = silent.event("VmFailed", "web");
    assertThat(failed.path("failure_class").asText()).isEqualTo("no-banner");
    assertThat(failed.path("serial_tail").isArray()).isTrue();
    assertThat(failed.path("log_path").asText())
        .endsWith("/serial.log")
        .isEqualTo(silent.outcome("web").path("log_path").asText());
  }
}
