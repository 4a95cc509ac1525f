package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** A slow VM and a broken one in one {@code up}, watched by {@code status} all the while. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class TwoVmsVmIT {
  private static final List<String> VM_FIELDS =
      List.of(
          "vm",
          "role",
          "driver",
          "address",
          "state",
          "pid",
          "uptime_ms",
          "cpus",
          "memory_mib",
          "reachable",
          "last_handshake_age_ms",
          "ports",
          "current_step",
          "last_run",
          "stamp");

  private final CastraProject project;
  private final Gate gate;
  private List<JsonNode> answers = List.of();
  private List<JsonNode> answersAtTheGate = List.of();
  private CastraResult up = new CastraResult(-1, List.of(), "not run");

  TwoVmsVmIT() throws IOException {
    project = CastraProject.withGuest();
    gate = Gate.create();
  }

  @BeforeAll
  void upWithOneSlowAndOneBrokenVm() throws IOException, InterruptedException {
    project
        .config("[[vms]]\nname = \"slow\"\n[[vms]]\nname = \"broken\"\n")
        .script("slow", gate.waiting())
        .script("broken", "echo before the failure; exit 3");
    try (StatusPoller poller = StatusPoller.start(project)) {
      CastraProcess running = project.startUp();
      Gate.Visitor slow = gate.await();
      running.awaitEvent("BootstrapFailed");
      int seen = poller.size();
      poller.awaitAnswers(4);
      slow.letGo();
      up = running.end();
      poller.awaitAnswers(2);
      answers = poller.answers();
      // The first one may have been asked for before the script waited.
      answersAtTheGate = answers.subList(seen + 1, seen + 4);
    }
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    gate.close();
    project.close();
  }

  @Test
  @Order(1)
  void oneFailureLeavesTheOtherVmAloneAndOutcomesComeInFileOrder() {
    up.exitsWith(70);

    assertThat(Json.texts(up.outcomes(), "vm")).containsExactly("slow", "broken");
    assertThat(Json.texts(up.outcomes(), "status")).containsExactly("Success", "Failed");
    JsonNode broken = up.outcome("broken");
    assertThat(broken.path("step").asText()).isEqualTo("apply");
    assertThat(broken.path("error").asText()).contains("exit status 3");
    assertThat(broken.path("hint").asText()).isNotBlank();
    assertThat(Path.of(broken.path("log_path").asText())).isRegularFile();
  }

  @Test
  @Order(2)
  void aFailedRunHasOneRowOneEventAndOneLog() throws IOException, SQLException {
    String run = up.outcome("broken").path("run_id").asText();

    assertThat(up.events("BootstrapFailed")).hasSize(1);
    Records records = project.records();
    assertThat(records.column("SELECT vm || ' ' || run_id FROM runs WHERE status = 'failed'"))
        .containsExactly("broken " + run);
    assertThat(records.column("SELECT run_id FROM events WHERE type = 'BootstrapFailed'"))
        .containsExactly(run);
    assertThat(records.column("SELECT vm FROM stamps")).containsExactly("slow");
    Path folder = project.bootstrapLogs("broken");
    assertThat(project.logsOf("broken"))
        .containsExactly(folder.resolve(run + ".json"), folder.resolve(run + ".log"));
    JsonNode log = Json.object(Files.readString(folder.resolve(run + ".json")));
    assertThat(log.path("status").asText()).isEqualTo("failed");
    assertThat(log.path("failed_step").asText()).isEqualTo("apply");
    assertThat(log.path("hint").asText()).isNotBlank();
    assertThat(Json.texts(Json.items(log.path("steps")), "status"))
        .containsExactly("success", "success", "success", "failed");
    assertThat(Files.readString(folder.resolve(run + ".log"))).contains("before the failure");
  }

  @Test
  @Order(3)
  void everyStatusAnswerHasTheDocumentedFields() {
    for (JsonNode answer : answers) {
      assertThat(Json.names(answer))
          .containsExactly("schema_version", "project", "state_root", "vms");
      assertThat(Json.texts(Json.items(answer.path("vms")), "vm"))
          .containsExactly("slow", "broken");
      for (JsonNode vm : answer.path("vms")) {
        assertThat(Json.names(vm)).isEqualTo(VM_FIELDS);
        assertThat(vm.path("current_step").isNull() || vm.path("current_step").has("elapsed_ms"))
            .isTrue();
        assertThat(vm.path("reachable").asBoolean())
            .isEqualTo(!vm.path("last_handshake_age_ms").isNull());
      }
    }
  }

  @Test
  @Order(4)
  void statusAnswersWhileAStepIsStuck() {
    assertThat(answersAtTheGate).hasSize(3);
    for (JsonNode answer : answersAtTheGate) {
      JsonNode slow = answer.path("vms").get(0);
      assertThat(slow.path("state").asText()).isEqualTo("bootstrapping");
      assertThat(slow.path("current_step").path("step").asText()).isEqualTo("apply");
      assertThat(slow.path("reachable").asBoolean()).isTrue();
      assertThat(slow.path("stamp").isNull()).isTrue();
      JsonNode broken = answer.path("vms").get(1);
      assertThat(broken.path("state").asText()).isEqualTo("failed");
      assertThat(broken.path("last_run").path("outcome").asText()).isEqualTo("Failed");
    }
  }

  @Test
  @Order(5)
  void statusShowsAVmStartingBootstrappingAndRunning() {
    Set<String> states =
        answers.stream()
            .map(answer -> answer.path("vms").get(0).path("state").asText())
            .collect(Collectors.toSet());

    assertThat(states)
        .contains("starting", "bootstrapping", "running")
        .isSubsetOf("stopped", "starting", "bootstrapping", "running");
    JsonNode last = answers.get(answers.size() - 1).path("vms").get(0);
    assertThat(last.path("last_run").path("outcome").asText()).isEqualTo("Success");
    assertThat(last.path("stamp").path("bootstrap_artifact_hash").asText())
        .isEqualTo(up.event("BootstrapCompleted", "slow").path("bootstrap_artifact_hash").asText());
  }

  @Test
  @Order(6)
  void theNextUpRunsOnlyTheFailedOneAndSaysWhy() throws InterruptedException, SQLException {
    String run = up.outcome("broken").path("run_id").asText();

    CastraResult next = project.up().exitsWith(70);

    assertThat(Json.texts(next.outcomes(), "status")).containsExactly("NoOp", "Failed");
    assertThat(next.outcome("broken").path("reason").asText())
        .isEqualTo("last run " + run + " failed at `apply`");
    assertThat(next.events("BootstrapStep", "slow")).isEmpty();
    assertThat(project.records().count("runs WHERE vm = 'slow'")).isEqualTo(1);
  }
}
