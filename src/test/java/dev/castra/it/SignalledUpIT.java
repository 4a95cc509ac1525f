package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals that ask {@code castra up} to end, on a machine each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SignalledUpIT {
  private static final String STUBBORN = "stubborn";

  private final SshMachines machines;
  private final CastraProject project;

  SignalledUpIT() throws IOException {
    machines = SshMachines.create(List.of("int", "term", "hup", STUBBORN));
    project = machines.project();
  }

  @BeforeEach
  void describe() throws IOException {
    for (String vm : List.of("int", "term", "hup", STUBBORN)) {
      String deaf = vm.equals(STUBBORN) ? "trap '' TERM\n" : "";
      String number = "echo $$ >" + machines.folder(vm) + "/pid\n";
      machines.script(vm, deaf + number + machines.waiting(vm, "go")).open(vm, "verified");
    }
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    machines.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void theFirstSignalStopsTheScriptAndRecordsTheRunAsInterrupted(String signal)
      throws InterruptedException, IOException, SQLException {
    String vm = signal.toLowerCase(java.util.Locale.ROOT);
    CastraProcess up = project.startSignalled("up", "--json", vm);
    long script = awaitScript(vm);

    up.signal(signal);
    CastraResult result = up.end().exitsWith(130);

    assertThat(Host.isAlive(script)).isFalse();
    JsonNode failed = result.event("BootstrapFailed", vm);
    String run = failed.path("run_id").asText();
    JsonNode log = FailedRun.log(project, vm, run, "interrupted", "apply");
    assertThat(log.path("error").asText()).contains("interrupted by SIG" + signal);
    assertThat(project.logsOf(vm)).hasSize(2);
    assertThat(project.records().count("stamps WHERE vm = '" + vm + "'")).isZero();

    machines.open(vm, "go");
    assertThat(project.up(vm).exitsWith(0).outcome(vm).path("reason").asText())
        .isEqualTo("last run " + run + " was interrupted at `apply`");
    assertThat(machines.witness(vm)).hasSize(2);
  }

  /** A script that will not be asked keeps the first signal busy for seconds. */
  @Test
  void theSecondSignalLeavesAtOnceAndTheNextUpConverges()
      throws InterruptedException, IOException, SQLException {
    CastraProcess up = project.startSignalled("up", "--json", STUBBORN);
    awaitScript(STUBBORN);
    String run = up.awaitEvent("BootstrapStarted").path("run_id").asText();

    up.signal("TERM");
    up.awaitStderr("once more to leave at once");
    up.signal("HUP");
    CastraResult left = up.end().exitsWith(130);

    assertThat(left.events("BootstrapFailed")).isEmpty();
    assertThat(left.events("UpCompleted")).isEmpty();
    String status = "SELECT status FROM runs WHERE run_id = " + run;
    assertThat(project.records().column(status)).containsExactly("running");
    JsonNode shown = project.status(STUBBORN);
    assertThat(shown.path("last_run").path("outcome").asText()).isEqualTo("Interrupted");
    assertThat(shown.path("stamp").isNull()).isTrue();

    machines.open(STUBBORN, "go");
    CastraResult next = project.up(STUBBORN).exitsWith(0);

    assertThat(next.outcome(STUBBORN).path("status").asText()).isEqualTo("Success");
    FailedRun.log(project, STUBBORN, run, "interrupted", "apply");
    assertThat(project.records().count("stamps WHERE vm = '" + STUBBORN + "'")).isEqualTo(1);
    assertThat(project.logsOf(STUBBORN)).hasSize(4);
  }

  private long awaitScript(String vm) throws InterruptedException, IOException {
    machines.awaitScripts(vm, 1);
    java.nio.file.Path pid = machines.folder(vm).resolve("pid");
    Host.await("the script's pid", () -> Files.exists(pid) && pid.toFile().length() > 1);
    return Long.parseLong(Files.readString(pid).strip());
  }
}
