package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** kill -9 of {@code castra up}; the tests share one VM. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class KilledUpVmIT {
  private final CastraProject project;
  private final Gate gate;

  KilledUpVmIT() throws IOException {
    project = CastraProject.withGuest();
    gate = Gate.create();
  }

  @BeforeAll
  void describe() {
    project.config("[[vms]]\nname = \"web\"\n");
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    gate.close();
    project.close();
  }

  @Test
  @Order(1)
  void aStampIsThereAsSoonAsCompletionIsTold() throws InterruptedException, SQLException {
    project.script("web", "echo done");
    CastraProcess up = project.startUp();
    JsonNode completed = up.awaitEvent("BootstrapCompleted");
    up.signal("KILL");
    up.end();

    String run = completed.path("run_id").asText();
    assertThat(project.records().column("SELECT run_id FROM stamps")).containsExactly(run);
    assertThat(project.records().column("SELECT status FROM runs")).containsExactly("success");
    CastraResult next = project.up().exitsWith(0);
    assertThat(next.outcome("web").path("status").asText()).isEqualTo("NoOp");
    assertThat(next.outcome("web").path("reason").asText()).isEqualTo("unchanged since run " + run);
  }

  @Test
  @Order(2)
  void aKillDuringApplyLeavesNoStampAndTheNextUpTakesTheScriptOver()
      throws InterruptedException, IOException, SQLException {
    project.script(
        "web",
        "echo x >>/root/starts\n" + gate.waiting() + "\necho \"starts: $(wc -l </root/starts)\"");
    CastraProcess killed = project.startUp();
    String run = killed.awaitEvent("BootstrapStarted").path("run_id").asText();
    final Gate.Visitor script = gate.await();
    killed.signal("KILL");
    killed.end();

    JsonNode status = project.status("web");
    assertThat(status.path("state").asText()).isEqualTo("failed");
    assertThat(status.path("last_run").path("outcome").asText()).isEqualTo("Interrupted");
    assertThat(status.path("last_run").path("run_id").asText()).isEqualTo(run);
    assertThat(status.path("stamp").isNull()).isTrue();
    assertThat(project.records().count("stamps WHERE run_id = " + run)).isZero();

    CastraProcess next = project.startUp();
    next.awaitStep("web", "connect");
    script.letGo();
    CastraResult up = next.end().exitsWith(0);

    JsonNode outcome = up.outcome("web");
    assertThat(outcome.path("status").asText()).isEqualTo("Success");
    assertThat(outcome.path("reason").asText())
        .isEqualTo("last run " + run + " was interrupted at `apply`");
    assertThat(up.events("Diagnostic", "web"))
        .anyMatch(
            remark ->
                remark.path("code").asText().equals("run-interrupted")
                    && remark.path("message").asText().contains("run " + run));
    assertThat(up.events("BootstrapStep", "web").get(2).path("status").asText())
        .isEqualTo("skipped");
    assertThat(Files.readString(project.output("web", outcome))).contains("starts: 1");
    FailedRun.log(project, "web", run, "interrupted", "apply");
  }

  @Test
  @Order(3)
  void aKillBeforeTheGuestAnsweredIsTakenUpByTheNextUp()
      throws InterruptedException, IOException, SQLException {
    project.down().exitsWith(0);
    project.script("web", "echo third");
    CastraProcess killed = project.startUp();
    JsonNode started = killed.awaitEvent("VmStarted");
    killed.signal("KILL");
    killed.end();

    CastraResult up = project.up().exitsWith(0);

    assertThat(up.outcome("web").path("status").asText()).isEqualTo("Success");
    assertThat(up.events("VmStarted")).isEmpty();
    assertThat(project.status("web").path("pid").asLong()).isEqualTo(started.path("pid").asLong());
    assertThat(project.records().column("SELECT status FROM runs WHERE status <> 'success'"))
        .containsExactly("interrupted", "interrupted");
  }
}
