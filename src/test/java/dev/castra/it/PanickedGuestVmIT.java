package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A guest whose kernel panics while its script runs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PanickedGuestVmIT {
  private final CastraProject project;

  PanickedGuestVmIT() throws IOException {
    project = CastraProject.withGuest();
  }

  @BeforeAll
  void describe() {
    // Nothing but the console tells: the machine goes on running, and the script has an hour.
    project
        .file(
            "castra.toml",
            """
            [lifecycle]
            graceful_shutdown_wait_secs = 1
            [[vms]]
            name = "web"
            memory = "256 MiB"
            [vms.bootstrap]
            apply_timeout_secs = 3600
            """)
        .script("web", "echo begun; sleep 1; echo c >/proc/sysrq-trigger; sleep 3600");
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    project.close();
  }

  @Test
  void theRunFailsAtApplyWithThePanicAndLeavesNoStamp() throws InterruptedException, SQLException {
    CastraResult up = project.up().exitsWith(70);

    JsonNode failed = up.event("BootstrapFailed", "web");
    assertThat(failed.path("status").asText()).isEqualTo("failed");
    assertThat(failed.path("step").asText()).isEqualTo("apply");
    assertThat(failed.path("error").asText())
        .startsWith("The serial console of VM `web` shows a kernel panic: `Kernel panic - not");
    assertThat(project.records().count("stamps")).isZero();
    assertThat(project.status("web").path("pid").asLong()).isPositive();
  }
}
