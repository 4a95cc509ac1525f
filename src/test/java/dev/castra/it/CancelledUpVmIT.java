package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Ctrl-C on {@code castra up}; the tests share one VM. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class CancelledUpVmIT {
  private final CastraProject project;
  private final Gate gate;

  CancelledUpVmIT() throws IOException {
    project = CastraProject.withGuest();
    gate = Gate.create();
  }

  @BeforeAll
  void describe() {
    project.config("[[vms]]\nname = \"web\"\n").script("web", gate.waiting());
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    gate.close();
    project.close();
  }

  @Test
  @Order(1)
  void theFirstSignalEndsTheScriptRecordsTheInterruptionAndKeepsTheVm()
      throws InterruptedException, IOException, SQLException {
    CastraProcess up = project.startUp();
    Gate.Visitor script = gate.await();
    JsonNode started = up.awaitEvent("VmStarted");
    up.signal("INT");
    script.awaitDeparture();
    CastraResult result = up.end().exitsWith(130);

    JsonNode failed = result.event("BootstrapFailed", "web");
    assertThat(failed.path("status").asText()).isEqualTo("interrupted");
    assertThat(failed.path("step").asText()).isEqualTo("apply");
    assertThat(result.outcome("web").path("error").asText()).contains("SIGINT");
    assertThat(project.records().column("SELECT status FROM runs")).containsExactly("interrupted");
    assertThat(project.records().count("stamps")).isZero();
    assertThat(project.logsOf("web")).hasSize(2);
    JsonNode status = project.status("web");
    assertThat(status.path("pid").asLong()).isEqualTo(started.path("pid").asLong());
    assertThat(status.path("reachable").asBoolean()).isTrue();
    assertThat(status.path("last_run").path("outcome").asText()).isEqualTo("Interrupted");
  }

  @Test
  @Order(2)
  void theVmIsInNoProcessGroupThatATerminalCouldSignal() throws InterruptedException {
    long vm = project.status("web").path("pid").asLong();
    long self = ProcessHandle.current().pid();

    assertThat(Host.isAlive(vm)).isTrue();
    assertThat(Host.processGroup(vm)).isNotEqualTo(Host.processGroup(self));
    assertThat(Host.session(vm)).isNotEqualTo(Host.session(self));
  }

  @Test
  @Order(3)
  void theSecondSignalLeavesAtOnceAndTheNextUpGoesOn()
      throws InterruptedException, IOException, SQLException {
    CastraProcess up = project.startUp();
    Gate.Visitor script = gate.await();
    String run = up.awaitEvent("BootstrapStarted").path("run_id").asText();
    long vm = project.status("web").path("pid").asLong();
    // A machine that stands still cannot be asked to end the script.
    Host.signal("STOP", vm);
    try {
      up.signal("INT");
      up.awaitStderr("once more to leave at once");
      up.signal("INT");
      up.end().exitsWith(130);
    } finally {
      Host.signal("CONT", vm);
    }
    assertThat(project.records().column("SELECT status FROM runs WHERE run_id = " + run))
        .containsExactly("running");
    assertThat(project.status("web").path("last_run").path("outcome").asText())
        .isEqualTo("Interrupted");

    CastraProcess next = project.startUp();
    next.awaitStep("web", "connect");
    script.letGo();
    CastraResult result = next.end().exitsWith(0);

    assertThat(result.outcome("web").path("status").asText()).isEqualTo("Success");
    assertThat(project.records().column("SELECT status FROM runs WHERE run_id = " + run))
        .containsExactly("interrupted");
  }
}
