package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.run.StepKind;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * kill -9 of castra as soon as it tells that a step is over, at every step, on a machine each. Then
 * one {@code up} for all of them, and another one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KilledAtEveryStepIT {
  /** What castra told before it was killed. */
  private enum Boundary {
    BOOTSTRAP_STARTED("BootstrapStarted"),
    WAIT_HANDSHAKE(StepKind.WAIT_HANDSHAKE),
    CONNECT(StepKind.CONNECT),
    TRANSFER(StepKind.TRANSFER),
    APPLY(StepKind.APPLY),
    VERIFY(StepKind.VERIFY),
    BOOTSTRAP_COMPLETED("BootstrapCompleted");

    private final String type;
    private final String step;

    Boundary(String type) {
      this.type = type;
      this.step = "";
    }

    Boundary(StepKind step) {
      this.type = "BootstrapStep";
      this.step = step.id();
    }

    String vm() {
      return "at-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isToldBy(JsonNode event) {
      return event.path("type").asText().equals(type) && event.path("step").asText("").equals(step);
    }

    boolean isAfter(Boundary other) {
      return compareTo(other) > 0;
    }
  }

  private final SshMachines machines;
  private final CastraProject project;
  private final Map<Boundary, Records.Row> killed = new EnumMap<>(Boundary.class);
  private final Map<String, JsonNode> statusAfterKill = new HashMap<>();
  private List<String> stampsAfterKill = List.of();
  private CastraResult next = new CastraResult(-1, List.of(), "not run");
  private CastraResult last = next;

  KilledAtEveryStepIT() throws IOException {
    machines = SshMachines.create(Arrays.stream(Boundary.values()).map(Boundary::vm).toList());
    project = machines.project();
  }

  @BeforeAll
  void killAtEveryStepThenUpTwice() throws IOException, InterruptedException, SQLException {
    for (Boundary boundary : Boundary.values()) {
      kill(boundary);
    }
    for (JsonNode vm : project.status().path("vms")) {
      statusAfterKill.put(vm.path("vm").asText(), vm);
    }
    try (Records.Reading reading = project.records().read()) {
      for (Boundary boundary : Boundary.values()) {
        List<Records.Row> runs =
            reading.rows("SELECT * FROM runs WHERE vm = '" + boundary.vm() + "'");
        assertThat(runs).as("runs at %s", boundary).hasSize(1);
        killed.put(boundary, runs.get(0));
      }
      stampsAfterKill =
          reading.rows("SELECT vm FROM stamps").stream().map(Records.Row::first).toList();
    }
    for (Boundary boundary : Boundary.values()) {
      machines.open(boundary.vm(), "go");
      machines.open(boundary.vm(), "verified");
    }
    next = project.up();
    last = project.up();
  }

  /** The step behind the boundary does not end before the kill. */
  private void kill(Boundary boundary) throws IOException, InterruptedException {
    String vm = boundary.vm();
    machines.script(vm, machines.waiting(vm, "go"));
    if (!Boundary.APPLY.isAfter(boundary)) {
      machines.open(vm, "go");
    }
    if (boundary.isAfter(Boundary.APPLY)) {
      machines.open(vm, "verified");
    }
    CastraProcess up = project.startUp(vm);
    up.awaitEvent(boundary.name(), boundary::isToldBy);
    up.kill();
    assertThat(up.end().exitCode()).as("exit code of castra, killed at %s", boundary).isIn(137, 0);
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    machines.close();
  }

  @ParameterizedTest
  @EnumSource(Boundary.class)
  void aKillLeavesNoStampWithoutAVerifiedSuccessAndTakesNoneThatWasTold(Boundary boundary) {
    boolean stamped = stampsAfterKill.contains(boundary.vm());

    assertThat(row(boundary).get("status")).isEqualTo(stamped ? "success" : "running");
    JsonNode status = Objects.requireNonNull(statusAfterKill.get(boundary.vm()));
    assertThat(status.path("last_run").path("outcome").asText())
        .isEqualTo(stamped ? "Success" : "Interrupted");
    assertThat(status.path("stamp").isObject()).isEqualTo(stamped);
    switch (boundary) {
      case BOOTSTRAP_COMPLETED -> assertThat(stamped).isTrue();
      // The end of the run may be on disk already: it is told a moment later.
      case VERIFY -> assertThat(row(boundary).get("failed_step")).isEqualTo("null");
      default -> assertThat(stamped).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Boundary.class)
  void theNextUpRecordsTheKilledRunAsInterruptedOnceAndConverges(Boundary boundary)
      throws IOException, SQLException {
    String vm = boundary.vm();
    boolean stamped = stampsAfterKill.contains(vm);

    next.exitsWith(0);
    assertThat(next.outcome(vm).path("status").asText()).isEqualTo(stamped ? "NoOp" : "Success");
    Records records = project.records();
    assertThat(records.column("SELECT status FROM runs WHERE vm = '" + vm + "' ORDER BY run_id"))
        .isEqualTo(stamped ? List.of("success") : List.of("interrupted", "success"));
    assertThat(records.count("stamps WHERE vm = '" + vm + "'")).isEqualTo(1);
    assertThat(project.logsOf(vm)).hasSize(stamped ? 2 : 4);
    if (!stamped) {
      String run = row(boundary).get("run_id");
      String step = records.column("SELECT failed_step FROM runs WHERE run_id = " + run).get(0);
      assertThat(step).isIn(stepsUnderWay(boundary));
      JsonNode log = FailedRun.log(project, vm, run, "interrupted", step);
      assertThat(log.path("error").asText()).contains("died");
    }
  }

  /** Castra goes on for the moment that the kill takes, but not past the door. */
  private static List<String> stepsUnderWay(Boundary boundary) {
    return switch (boundary) {
      case BOOTSTRAP_STARTED -> List.of("null", "wait-handshake", "connect", "transfer", "apply");
      case WAIT_HANDSHAKE -> List.of("wait-handshake", "connect", "transfer", "apply");
      case CONNECT -> List.of("connect", "transfer", "apply");
      case TRANSFER -> List.of("transfer", "apply");
      default -> List.of(boundary.step, "verify");
    };
  }

  @ParameterizedTest
  @EnumSource(Boundary.class)
  void theScriptRanExactlyOnceWhicheverCastraBeganIt(Boundary boundary) throws IOException {
    assertThat(machines.witness(boundary.vm())).hasSize(1);
  }

  @Test
  void theUpAfterThatIsANoOpOnEveryMachine() throws SQLException {
    last.exitsWith(0);

    assertThat(Json.texts(last.outcomes(), "status")).hasSize(7).containsOnly("NoOp");
    assertThat(last.events("BootstrapStarted")).isEmpty();
    assertThat(project.records().count("runs WHERE status = 'running'")).isZero();
  }

  private Records.Row row(Boundary boundary) {
    return Objects.requireNonNull(killed.get(boundary));
  }
}
