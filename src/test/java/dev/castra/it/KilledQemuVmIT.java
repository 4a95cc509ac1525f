package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * kill -9 of QEMU in every step of a run, on a VM each, all in one {@code up}; in {@code apply} it
 * is killed in {@link DisturbedVmIT}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KilledQemuVmIT {
  private static final List<String> KILLED = List.of("handshake", "connect", "transfer", "verify");
  private static final String SPARED = "spared";

  /** Takes a guest without KVM a second or more. */
  private static final long LARGE = 24 << 20;

  private final CastraProject project;
  private final Gate gate;
  private CastraResult up = new CastraResult(-1, List.of(), "not run");
  private CastraResult next = up;

  KilledQemuVmIT() throws IOException {
    project = CastraProject.withGuest();
    gate = Gate.create();
  }

  @BeforeAll
  void killOneVmInEachStepThenUpAgain() throws Exception {
    StringBuilder toml = new StringBuilder();
    for (String vm : KILLED) {
      toml.append("[[vms]]\nname = \"" + vm + "\"\n");
      project.script(vm, "echo ran");
    }
    toml.append("[vms.bootstrap]\nverify_command = '" + gate.waiting() + "'\n");
    project.config(toml + "[[vms]]\nname = \"" + SPARED + "\"\n").script(SPARED, "echo ran");
    Path payload = project.directory().resolve("bootstrap/transfer/payload");
    try (RandomAccessFile file =
        new RandomAccessFile(Files.createDirectories(payload).resolve("large").toFile(), "rw")) {
      file.setLength(LARGE);
    }
    CastraProcess running = project.startUp();
    List<FutureTask<Void>> kills =
        List.of(
            onceTold(running, "handshake", "VmStarted", ""),
            onceTold(running, "connect", "BootstrapStep", "wait-handshake"),
            onceTold(running, "transfer", "BootstrapStep", "connect"));
    gate.await();
    kill(running, "verify");
    for (FutureTask<Void> kill : kills) {
      kill.get();
    }
    up = running.end();
    CastraProcess again = project.startUp();
    gate.await().letGo();
    next = again.end();
  }

  /** Kills the VM as soon as castra says this of it. */
  private static FutureTask<Void> onceTold(
      CastraProcess castra, String vm, String type, String step) {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              castra.awaitEvent(
                  type + " of " + vm,
                  event ->
                      event.path("type").asText().equals(type)
                          && event.path("vm").asText().equals(vm)
                          && event.path("step").asText("").equals(step));
              kill(castra, vm);
              return null;
            });
    Thread thread = new Thread(task, "kill-" + vm);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static void kill(CastraProcess castra, String vm) throws InterruptedException {
    JsonNode started =
        castra.awaitEvent(
            "VmStarted of " + vm,
            event ->
                event.path("type").asText().equals("VmStarted")
                    && event.path("vm").asText().equals(vm));
    ProcessHandle.of(started.path("pid").asLong()).orElseThrow().destroyForcibly();
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    gate.close();
    project.close();
  }

  @ParameterizedTest
  @CsvSource({
    "handshake, wait-handshake, wait-handshake",
    // Its first step may be over by the time the kill arrives.
    "connect, connect, transfer",
    "transfer, transfer, transfer",
    "verify, verify, verify"
  })
  void aKilledVmFailsItsRunWithOneEventOneRowOneLogAndNoStamp(String vm, String step, String orStep)
      throws IOException, SQLException {
    up.exitsWith(70);

    JsonNode failed = up.event("BootstrapFailed", vm);
    assertThat(failed.path("step").asText()).isIn(step, orStep);
    assertThat(failed.path("error").asText())
        .startsWith("The QEMU process of VM `" + vm + "` is gone");
    assertThat(up.outcome(vm).path("status").asText()).isEqualTo("Failed");
    String run = failed.path("run_id").asText();
    FailedRun.log(project, vm, run, "failed", failed.path("step").asText());
    assertThat(project.records().count("stamps WHERE run_id = " + run)).isZero();
  }

  @Test
  void theVmThatIsLeftIsBootstrapped() throws IOException, SQLException {
    assertThat(up.outcome(SPARED).path("status").asText()).isEqualTo("Success");
    assertThat(next.outcome(SPARED).path("status").asText()).isEqualTo("NoOp");
    assertThat(next.events("VmStarted", SPARED)).isEmpty();
    assertThat(project.records().count("runs WHERE vm = '" + SPARED + "'")).isEqualTo(1);
    assertThat(project.logsOf(SPARED)).hasSize(2);
  }

  @Test
  void theNextUpStartsTheKilledVmsAndBootstrapsThem() throws IOException, SQLException {
    next.exitsWith(0);

    List<String> statuses = new ArrayList<>();
    for (String vm : KILLED) {
      JsonNode failed = up.event("BootstrapFailed", vm);
      statuses.add(next.outcome(vm).path("status").asText());
      assertThat(next.events("VmStarted", vm)).hasSize(1);
      assertThat(next.outcome(vm).path("reason").asText())
          .isEqualTo(
              "last run %s failed at `%s`"
                  .formatted(failed.path("run_id").asText(), failed.path("step").asText()));
      assertThat(project.logsOf(vm)).hasSize(4);
    }
    assertThat(statuses).containsOnly("Success");
    assertThat(project.records().column("SELECT vm FROM stamps ORDER BY vm"))
        .containsExactly("connect", "handshake", "spared", "transfer", "verify");
    assertThat(project.records().count("disks")).as("no disk was made anew").isEqualTo(5);
  }
}
