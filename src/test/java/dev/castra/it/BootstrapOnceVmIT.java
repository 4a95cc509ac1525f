package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The life of one VM, told in order: every test goes on where the one before it stopped. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class BootstrapOnceVmIT {
  private static final List<String> STEPS =
      List.of("wait-handshake", "connect", "transfer", "apply", "verify");
  private static final String SQL_STEPS =
      "SELECT step || ' ' || status || ' ' || duration_ms FROM step_logs"
          + " WHERE run_id = %s ORDER BY position";

  private final CastraProject project;

  BootstrapOnceVmIT() throws IOException {
    project = CastraProject.withGuest();
  }

  @BeforeAll
  void describe() throws IOException {
    Files.copy(CastraProject.tinyImage(), project.directory().resolve("base.qcow2"));
    project
        .config(
            """
            [[vms]]
            name = "web"
            base_image = "base.qcow2"
            [vms.bootstrap]
            verify_command = "grep -q 'hell[oO] from the host' /etc/greeting"
            verify_path = "/etc/greeting"
            """)
        .script(
            "web",
            "cp \"$CASTRA_PAYLOAD_DIR/greeting.txt\" /etc/greeting; sleep 1; cat /etc/greeting")
        .file("bootstrap/web/payload/greeting.txt", "hello from the host\n");
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    project.close();
  }

  @Test
  @Order(1)
  void theFirstUpTakesFiveStepsInOrderAndAppliesTheBootstrap()
      throws InterruptedException, IOException, SQLException {
    CastraResult up = project.up().exitsWith(0);

    List<JsonNode> steps = up.events("BootstrapStep", "web");
    assertThat(Json.texts(steps, "step")).isEqualTo(STEPS);
    assertThat(Json.texts(steps, "status")).containsOnly("success");
    assertThat(steps).allMatch(step -> step.path("duration_ms").isIntegralNumber());
    assertThat(steps.get(3).path("duration_ms").asLong()).isGreaterThanOrEqualTo(1_000);
    JsonNode completed = up.event("BootstrapCompleted", "web");
    assertThat(completed.path("status").asText()).isEqualTo("Success");
    long sum = steps.stream().mapToLong(step -> step.path("duration_ms").asLong()).sum();
    assertThat(completed.path("duration_ms").asLong()).isGreaterThanOrEqualTo(sum);
    JsonNode outcome = up.outcome("web");
    assertThat(outcome.path("status").asText()).isEqualTo("Success");
    assertThat(outcome.path("reason").asText()).isEqualTo("the disk is new");
    assertThat(Files.readString(project.output("web", outcome))).contains("hello from the host");
    assertThat(project.records().column(SQL_STEPS.formatted(outcome.path("run_id").asText())))
        .isEqualTo(
            steps.stream()
                .map(
                    step ->
                        step.path("step").asText()
                            + " success "
                            + step.path("duration_ms").asText())
                .toList());
  }

  @Test
  @Order(2)
  void anUnchangedUpIsANoOpThatTouchesNoFileNoRowAndNoGuest()
      throws InterruptedException, IOException, SQLException {
    JsonNode before = project.status("web");
    long pid = before.path("pid").asLong();
    List<String> rows = rows();
    // A machine that stands still can answer nobody.
    Host.signal("STOP", pid);
    CastraResult up;
    Map<Path, String> files = FileTree.of(project.stateRoot(), project.stateRoot().resolve("db"));
    try {
      up = project.up().exitsWith(0);

      assertThat(Host.unacceptedConnections(sshPort(before))).isZero();
    } finally {
      Host.signal("CONT", pid);
    }

    JsonNode outcome = up.outcome("web");
    assertThat(outcome.path("status").asText()).isEqualTo("NoOp");
    assertThat(outcome.path("reason").asText()).isEqualTo("unchanged since run 1");
    assertThat(outcome.path("run_id").isNull()).isTrue();
    assertThat(up.events("BootstrapStep")).isEmpty();
    assertThat(up.event("BootstrapCompleted", "web").path("status").asText()).isEqualTo("NoOp");
    assertThat(FileTree.of(project.stateRoot(), project.stateRoot().resolve("db")))
        .isEqualTo(files);
    assertThat(rows()).isEqualTo(rows);
    assertThat(project.status("web").path("pid").asLong()).isEqualTo(pid);
  }

  @Test
  @Order(3)
  void oneChangedPayloadByteIsAppliedToTheRunningVm() throws InterruptedException, IOException {
    long pid = project.status("web").path("pid").asLong();
    project.file("bootstrap/web/payload/greeting.txt", "hellO from the host\n");

    CastraResult up = project.up().exitsWith(0);

    JsonNode outcome = up.outcome("web");
    assertThat(outcome.path("status").asText()).isEqualTo("Success");
    assertThat(outcome.path("reason").asText()).contains("greeting.txt").contains("since run 1");
    assertThat(Files.readString(project.output("web", outcome))).contains("hellO from the host");
    assertThat(project.status("web").path("pid").asLong()).isEqualTo(pid);
  }

  @Test
  @Order(4)
  void afterDownTheSameDiskIsStartedAwaitedAndLeftAlone()
      throws InterruptedException, SQLException {
    List<String> stamps = stamps();
    project.down().exitsWith(0);
    assertThat(project.status("web").path("state").asText()).isEqualTo("stopped");

    CastraResult up = project.up().exitsWith(0);

    assertThat(up.outcome("web").path("status").asText()).isEqualTo("NoOp");
    assertThat(up.events("VmStarted", "web")).hasSize(1);
    assertThat(up.events("HandshakeCompleted", "web")).hasSize(1);
    assertThat(up.events("BootstrapStep")).isEmpty();
    JsonNode status = project.status("web");
    assertThat(status.path("state").asText()).isEqualTo("running");
    assertThat(status.path("reachable").asBoolean()).isTrue();
    assertThat(project.records().count("disks")).isEqualTo(1);
    assertThat(project.records().count("handshakes")).isEqualTo(2);
    assertThat(stamps()).isEqualTo(stamps);
  }

  @Test
  @Order(5)
  void aDeletedDiskIsMadeAnewAndBootstrapped()
      throws InterruptedException, IOException, SQLException {
    project.down().exitsWith(0);
    Files.delete(presentDisk());

    CastraResult up = project.up().exitsWith(0);

    JsonNode outcome = up.outcome("web");
    assertThat(outcome.path("status").asText()).isEqualTo("Success");
    assertThat(outcome.path("reason").asText()).isEqualTo("the disk's file was gone");
    assertThat(presentDisk()).isRegularFile();
  }

  @Test
  @Order(6)
  void aBaseImageChangedUnderTheRunningVmGivesANewDiskAndKeepsTheOldOne()
      throws InterruptedException, IOException, SQLException {
    Path old = presentDisk();
    Files.write(project.directory().resolve("base.qcow2"), new byte[1], StandardOpenOption.APPEND);

    CastraResult up = project.run("up").exitsWith(0);

    assertThat(String.join("\n", up.stdout()))
        .contains("warning: old disk kept at " + old)
        .contains("base image changed")
        .containsPattern("web +Success");
    assertThat(old).isRegularFile();
    assertThat(presentDisk()).isNotEqualTo(old).isRegularFile();
    assertThat(project.status("web").path("state").asText()).isEqualTo("running");
  }

  private static int sshPort(JsonNode status) {
    return Json.items(status.path("ports")).stream()
        .filter(port -> port.path("guest").asInt() == 22)
        .findFirst()
        .orElseThrow()
        .path("host")
        .asInt();
  }

  private Path presentDisk() throws SQLException {
    return Path.of(
        project
            .records()
            .column("SELECT d.path FROM disks d JOIN vms v ON v.disk_id = d.disk_id")
            .get(0));
  }

  private List<String> stamps() throws SQLException {
    return project
        .records()
        .column("SELECT run_id || ' ' || stamped_at || ' ' || disk_id FROM stamps ORDER BY run_id");
  }

  private List<String> rows() throws SQLException {
    Records records = project.records();
    return List.of(
        "runs " + records.count("runs"),
        "steps " + records.count("step_logs"),
        "boots " + records.count("boots"),
        "handshakes " + records.count("handshakes"),
        "artifacts " + records.count("artifacts"),
        "stamps " + stamps());
  }
}
