package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.guest.SshKeys;
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

/** VMs that others stop, kill or impersonate; the tests share two of them and go on in order. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class DisturbedVmIT {
  private static final String STATUS_OF_ROW = "SELECT status FROM runs WHERE vm = '%s'";
  private static final String SSH_PORT =
      "SELECT host_port FROM port_forwards WHERE guest_port = 22 AND vm = '%s'";
  private static final String HOST_KEY =
      "SELECT d.host_key FROM disks d JOIN vms v ON v.disk_id = d.disk_id WHERE v.vm = '%s'";

  private final CastraProject project;
  private final Gate gateOfOne;
  private final Gate gateOfTwo;

  DisturbedVmIT() throws IOException {
    project = CastraProject.withGuest();
    gateOfOne = Gate.create();
    gateOfTwo = Gate.create();
  }

  @BeforeAll
  void describe() {
    project
        .config("[[vms]]\nname = \"one\"\n[[vms]]\nname = \"two\"\n")
        .script("one", "echo before the stop\n" + gateOfOne.waiting())
        .script("two", "echo kept >/root/mark\n" + gateOfTwo.waiting());
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    gateOfOne.close();
    gateOfTwo.close();
    project.close();
  }

  @Test
  @Order(1)
  void aVmStoppedByAnotherCastraInterruptsItsRunAndLeavesTheOtherVmAlone()
      throws InterruptedException, IOException, SQLException {
    CastraProcess up = project.startUp();
    Gate.Visitor one = gateOfOne.await();
    final Gate.Visitor two = gateOfTwo.await();

    CastraResult down = project.down("one").exitsWith(0);
    one.awaitDeparture();
    JsonNode failed = up.awaitEvent("BootstrapFailed");
    assertThat(project.status("two").path("state").asText()).isEqualTo("bootstrapping");
    two.letGo();
    CastraResult result = up.end().exitsWith(70);

    assertThat(down.event("ShutdownComplete", "one").path("outcome").asText())
        .isEqualTo("graceful");
    assertThat(Json.texts(result.outcomes(), "status")).containsExactly("Failed", "Success");
    assertThat(failed.path("vm").asText()).isEqualTo("one");
    assertThat(failed.path("status").asText()).isEqualTo("interrupted");
    String run = failed.path("run_id").asText();
    JsonNode log = FailedRun.log(project, "one", run, "interrupted", "apply");
    assertThat(log.path("error").asText()).contains("another castra stopped VM `one`");
    assertThat(result.outcome("one").path("error")).isEqualTo(log.path("error"));
    assertThat(project.records().column(STATUS_OF_ROW.formatted("one")))
        .containsExactly("interrupted");
    assertThat(project.records().column("SELECT vm FROM stamps")).containsExactly("two");
    assertThat(project.status("one").path("state").asText()).isEqualTo("stopped");
    assertThat(project.status("two").path("state").asText()).isEqualTo("running");
  }

  @Test
  @Order(2)
  void theNextUpStartsTheStoppedVmAndRunsItsScriptAgain() throws InterruptedException, IOException {
    String run = project.status("one").path("last_run").path("run_id").asText();

    CastraProcess up = project.startUp();
    gateOfOne.await().letGo();
    CastraResult result = up.end().exitsWith(0);

    assertThat(Json.texts(result.outcomes(), "status")).containsExactly("Success", "NoOp");
    assertThat(result.outcome("one").path("reason").asText())
        .isEqualTo("last run " + run + " was interrupted at `apply`");
    assertThat(Json.texts(result.events("VmStarted"), "vm")).containsExactly("one");
  }

  @Test
  @Order(3)
  void aKilledVmIsShownAsStoppedAndStartedAgainWithWhatItsStampPromises()
      throws InterruptedException {
    JsonNode before = project.status("two");
    kill(before.path("pid").asLong());

    JsonNode dead = project.status("two");
    assertThat(dead.path("state").asText()).isEqualTo("stopped");
    assertThat(dead.path("pid").isNull()).isTrue();
    assertThat(dead.path("reachable").asBoolean()).isFalse();
    assertThat(dead.path("last_run").path("outcome").asText()).isEqualTo("Success");
    assertThat(dead.path("stamp")).isEqualTo(before.path("stamp"));
    assertThat(project.status("one").path("state").asText()).isEqualTo("running");

    CastraResult up = project.up().exitsWith(0);

    assertThat(Json.texts(up.outcomes(), "status")).containsExactly("NoOp", "NoOp");
    assertThat(Json.texts(up.events("VmStarted"), "vm")).containsExactly("two");
    assertThat(up.events("HandshakeCompleted", "two")).hasSize(1);
    assertThat(project.status("two").path("reachable").asBoolean()).isTrue();
  }

  @Test
  @Order(4)
  void aVmKilledDuringItsScriptFailsThatRunAndTheUpThatWaitedStartsItAgain()
      throws InterruptedException, IOException, SQLException {
    project.script("two", "cat /root/mark\n" + gateOfTwo.waiting());
    CastraProcess up = project.startUp();
    Gate.Visitor killed = gateOfTwo.await();
    CastraProcess next = project.startUp();
    next.awaitEvent("wait", event -> event.path("code").asText().equals("waiting"));
    long pid = project.status("two").path("pid").asLong();

    kill(pid);
    killed.awaitDeparture();
    CastraResult failed = up.end().exitsWith(70);
    Gate.Visitor again = gateOfTwo.await();
    JsonNode status = project.status("two");
    again.letGo();
    CastraResult result = next.end().exitsWith(0);

    assertThat(Json.texts(failed.outcomes(), "status")).containsExactly("NoOp", "Failed");
    String run = failed.outcome("two").path("run_id").asText();
    JsonNode log = FailedRun.log(project, "two", run, "failed", "apply");
    assertThat(log.path("error").asText()).startsWith("The QEMU process of VM `two` is gone");
    assertThat(status.path("state").asText()).isEqualTo("bootstrapping");
    assertThat(status.path("pid").asLong()).isPositive().isNotEqualTo(pid);
    assertThat(status.path("last_run").path("run_id").asText()).isEqualTo(run);
    assertThat(status.path("last_run").path("outcome").asText()).isEqualTo("Failed");
    JsonNode outcome = result.outcome("two");
    assertThat(outcome.path("status").asText()).isEqualTo("Success");
    assertThat(outcome.path("reason").asText()).isEqualTo("last run " + run + " failed at `apply`");
    assertThat(Files.readString(project.output("two", outcome))).contains("kept");
  }

  @Test
  @Order(5)
  void anotherVmThatAnswersOnThePortIsRefusedByName()
      throws InterruptedException, IOException, SQLException {
    project.script("one", "echo never told to anybody else");
    String port = only(SSH_PORT.formatted("one"));
    String portOfTwo = only(SSH_PORT.formatted("two"));
    JsonNode log;
    moveSshPort(portOfTwo);
    try {
      log = refusedAtTheHandshake();
    } finally {
      moveSshPort(port);
    }

    assertThat(log.path("error").asText())
        .isEqualTo(
            "`127.0.0.1:%s` answered with the SSH host key of VM `two`, not of `one`."
                .formatted(portOfTwo));
  }

  @Test
  @Order(6)
  void aGuestWithoutThePinnedHostKeyIsRefusedAndWithItAccepted()
      throws InterruptedException, IOException, SQLException {
    String pinned = only(HOST_KEY.formatted("one"));
    String other = SshKeys.generate("somebody else").publicKeyLine();
    pin(other);

    JsonNode log = refusedAtTheHandshake();

    assertThat(log.path("error").asText())
        .contains("VM `one`", SshKeys.fingerprint(pinned), SshKeys.fingerprint(other));
    assertThat(log.path("hint").asText()).contains("castra destroy");
    assertThat(only(HOST_KEY.formatted("one"))).isEqualTo(other);
    pin(pinned);
    JsonNode outcome = project.up().exitsWith(0).outcome("one");
    assertThat(outcome.path("status").asText()).isEqualTo("Success");
    assertThat(outcome.path("reason").asText())
        .isEqualTo("last run " + log.path("run_id").asText() + " failed at `wait-handshake`");
  }

  @Test
  @Order(7)
  void aDownLeavesWithTheFirstSignalAndAnUpDuringTheNextOneWaitsAndStartsTheVmAgain()
      throws InterruptedException, SQLException {
    String config = "[lifecycle]\ngraceful_shutdown_wait_secs = 1\nsigterm_wait_secs = 120\n";
    project.file(
        "castra.toml",
        config
            + "[defaults]\nmemory = \"256 MiB\"\n[[vms]]\nname = \"one\"\n[[vms]]\nname = \"two\"\n");
    long pid = project.status("two").path("pid").asLong();
    // A machine that stands still does not stop yet.
    Host.signal("STOP", pid);
    CastraProcess down;
    CastraProcess up;
    try {
      CastraProcess left = project.startSignalled("down", "two", "--json");
      left.awaitEvent("CooperativeAttempted");
      left.signal("TERM");
      left.end().exitsWith(130);
      down = project.start("down", "two", "--json");
      down.awaitEvent("ShutdownRequested");
      up = project.startUp("two");
      JsonNode wait = up.awaitEvent("wait", event -> event.path("code").asText().equals("waiting"));
      assertThat(wait.path("message").asText())
          .startsWith("waiting for `castra down two --json` (pid " + down.pid() + ",");
    } finally {
      Host.signal("CONT", pid);
    }
    down.end().exitsWith(0);
    CastraResult result = up.end().exitsWith(0);

    assertThat(result.outcome("two").path("status").asText()).isEqualTo("NoOp");
    assertThat(result.events("VmStarted", "two")).hasSize(1);
    JsonNode status = project.status("two");
    assertThat(status.path("state").asText()).isEqualTo("running");
    assertThat(status.path("pid").asLong()).isNotEqualTo(pid);
    assertThat(
            project
                .records()
                .column("SELECT end_reason FROM boots WHERE vm = 'two' AND pid = " + pid))
        .containsExactly("castra down");
  }

  /** The log of the run that this {@code up} refuses to take any further. */
  private JsonNode refusedAtTheHandshake() throws InterruptedException, IOException, SQLException {
    CastraResult up = project.up().exitsWith(70);

    assertThat(Json.texts(up.outcomes(), "status")).containsExactly("Failed", "NoOp");
    assertThat(Json.texts(up.events("BootstrapStep"), "step")).containsExactly("wait-handshake");
    String run = up.event("BootstrapFailed", "one").path("run_id").asText();
    assertThat(project.records().count("stamps WHERE run_id = " + run)).isZero();
    return FailedRun.log(project, "one", run, "failed", "wait-handshake");
  }

  private void moveSshPort(String port) throws SQLException {
    project
        .records()
        .update(
            "UPDATE port_forwards SET host_port = %s WHERE vm = 'one' AND guest_port = 22"
                .formatted(port));
  }

  private void pin(String key) throws SQLException {
    project
        .records()
        .update(
            "UPDATE disks SET host_key = '%s' WHERE disk_id = (SELECT disk_id FROM vms WHERE vm = 'one')"
                .formatted(key));
  }

  private String only(String query) throws SQLException {
    return project.records().column(query).get(0);
  }

  private static void kill(long pid) throws InterruptedException {
    Host.signal("KILL", pid);
    Host.await("the end of process " + pid, () -> !Host.isAlive(pid));
  }
}
