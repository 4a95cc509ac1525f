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

/** Three real guests, one invocation after another, each with its own overrides. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class OverridesVmIT {
  private final CastraProject project;

  OverridesVmIT() throws IOException {
    project = CastraProject.withGuest();
  }

  @BeforeAll
  void describe() throws IOException {
    project
        .config("[[vms]]\nname = \"one\"\n[[vms]]\nname = \"two\"\n[[vms]]\nname = \"three\"\n")
        .script("one", "echo one >>/root/ran\n")
        .script("two", "echo two >>/root/ran\n")
        .script("three", "echo three >>/root/ran\n");
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    project.close();
  }

  private void outcomes(CastraResult result, String... statuses) {
    result.exitsWith(0);
    assertThat(Json.texts(result.outcomes(), "vm")).containsExactly("one", "two", "three");
    assertThat(Json.texts(result.outcomes(), "status")).containsExactly(statuses);
  }

  @Test
  @Order(1)
  void oneVmIsLeftOutAndStillBoots() throws InterruptedException, SQLException {
    outcomes(project.up("--bootstrap", "one=disabled"), "Skipped", "Success", "Success");

    JsonNode skipped = project.status("one");
    assertThat(skipped.path("state").asText()).isEqualTo("running");
    assertThat(skipped.path("stamp").isNull()).isTrue();
    assertThat(project.records().column("SELECT vm FROM runs ORDER BY vm"))
        .containsExactly("three", "two");
  }

  @Test
  @Order(2)
  void everyModeInOneInvocation() throws InterruptedException, SQLException {
    outcomes(
        project.up("--bootstrap", "one=disabled,two=force", "--bootstrap", "three:auto"),
        "Skipped",
        "Success",
        "NoOp");

    assertThat(project.records().column("SELECT run_trigger FROM runs WHERE vm = 'two'"))
        .containsExactlyInAnyOrder("auto", "always");
  }

  @Test
  @Order(3)
  void aVmsOwnModeWinsOverTheOneForAll() throws InterruptedException {
    outcomes(project.up("--bootstrap", "always,two=skip"), "Success", "Skipped", "Success");
  }

  @Test
  @Order(4)
  void aForcedRunLeavesAStampThatAPlainRerunGoesBy() throws InterruptedException {
    outcomes(project.up(), "NoOp", "NoOp", "NoOp");
  }

  @Test
  @Order(5)
  void aConflictIsRefusedBeforeAnythingHappens() throws InterruptedException, SQLException {
    long runs = project.records().count("runs");

    Complaint.of(project.run("up", "--bootstrap", "two=always", "--bootstrap", "two=off"), 70)
        .says("two", "conflicting", "always", "disabled")
        .advises("--bootstrap");

    assertThat(project.records().count("runs")).isEqualTo(runs);
  }

  @Test
  @Order(6)
  void bootstrapAloneWorksOnWhatRunsAndBootsNothing() throws InterruptedException {
    project.down("three").exitsWith(0);

    CastraResult result = project.run("bootstrap", "--json", "--bootstrap", "always");

    result.exitsWith(70);
    assertThat(Json.texts(result.outcomes(), "status"))
        .containsExactly("Success", "Success", "Failed");
    assertThat(result.outcome("three").path("error").asText()).contains("is not running");
    assertThat(project.status("three").path("state").asText()).isEqualTo("stopped");
  }
}
