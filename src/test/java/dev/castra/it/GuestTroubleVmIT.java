package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Guests and scripts that misbehave, each in its own way, side by side in one {@code up}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class GuestTroubleVmIT {
  private static final String LINE = "0123456789".repeat(10).substring(1);
  private static final int LINES = 300_000;
  private static final String AWKWARD =
      " 'one' \"two\" $HOME `id` $(id) \\ \\n %s ! * ; & | > # ~\ttab\nline\r\nüß漢🜂\u0001 ";
  private static final String LEADING_DASH = "-n -e";
  private static final List<String> VMS =
      List.of("silent", "hanging", "talker", "quiet", "complaining");

  private final CastraProject project;
  private final Gate gate;
  private List<String> payload = List.of();
  private CastraResult up = new CastraResult(-1, List.of(), "not run");

  GuestTroubleVmIT() throws IOException {
    project = CastraProject.withGuest();
    gate = Gate.create();
  }

  @BeforeAll
  void upWithAllOfThem() throws IOException, InterruptedException {
    BootSector.write(project.directory().resolve("boot.img"));
    project
        .config(vms())
        .script("silent", "echo never said")
        .script("hanging", "echo before the hang\n" + gate.waiting())
        .script(
            "talker", "yes " + LINE + " | head -n " + LINES + "\nsleep 3600 &\necho $! >/tmp/job")
        .script(
            "quiet",
            "hex() { printf '%s=' \"$1\"; printf %s \"$2\" | od -An -v -tx1 | tr -d ' \\n'; echo; }\n"
                + "hex awkward \"$AWKWARD\"; hex dash \"$DASH\"; hex empty \"${EMPTY-unset}\"\n"
                + AwkwardPayload.LISTING
                + "echo Castra:noop")
        .script("complaining", "echo 'Castra:error: disk too small'; exit 0");
    payload = AwkwardPayload.create(project.directory().resolve("bootstrap/quiet/payload"));
    CastraProcess running = project.startUp();
    Gate.Visitor hanging = gate.await();
    hanging.awaitDeparture();
    up = running.end();
  }

  private static String vms() {
    return """
    [[vms]]
    name = "silent"
    base_image = "boot.img"
    [vms.bootstrap]
    handshake_timeout_secs = 3
    [[vms]]
    name = "hanging"
    [vms.bootstrap]
    apply_timeout_secs = 10
    [[vms]]
    name = "talker"
    [vms.bootstrap]
    verify_command = "kill -0 $(cat /tmp/job)"
    [[vms]]
    name = "quiet"
    [vms.bootstrap]
    verify_command = '[ "$DASH" = "-n -e" ]'
    [vms.bootstrap.env]
    AWKWARD = %s
    DASH = "%s"
    EMPTY = ""
    [[vms]]
    name = "complaining"
    """
        .formatted(escaped(AWKWARD), LEADING_DASH);
  }

  private static String escaped(String text) {
    return text.codePoints()
        .mapToObj("\\U%08X"::formatted)
        .collect(Collectors.joining("", "\"", "\""));
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    gate.close();
    project.close();
  }

  @Test
  @Order(1)
  void everyVmHasItsOwnOutcomeInFileOrder() {
    up.exitsWith(70);

    assertThat(Json.texts(up.outcomes(), "vm")).isEqualTo(VMS);
    assertThat(Json.texts(up.outcomes(), "status"))
        .containsExactly("Failed", "Failed", "Success", "NoOp", "Failed");
    assertThat(up.events("BootstrapFailed")).hasSize(3);
  }

  @Test
  @Order(2)
  void aGuestThatNeverAnswersFailsAtTheHandshake() throws IOException, SQLException {
    failsOnce("silent", "wait-handshake");

    assertThat(up.events("HandshakeCompleted", "silent")).isEmpty();
    JsonNode outcome = up.outcome("silent");
    assertThat(outcome.path("hint").asText()).isNotBlank();
    assertThat(Files.readString(project.output("silent", outcome))).doesNotContain("never said");
  }

  @Test
  @Order(3)
  void aScriptThatHangsIsStoppedInTheGuestAtItsLimit() throws IOException, SQLException {
    failsOnce("hanging", "apply");

    JsonNode outcome = up.outcome("hanging");
    assertThat(outcome.path("error").asText()).contains("did not end within 10 s");
    assertThat(outcome.path("hint").asText()).contains("apply_timeout_secs");
    assertThat(Files.readString(project.output("hanging", outcome))).contains("before the hang");
  }

  @Test
  @Order(4)
  void aFloodOfOutputIsKeptToTheLastLineAndABackgroundProcessIsNotWaitedFor() throws IOException {
    assertThat(Json.texts(up.events("BootstrapStep", "talker"), "status")).containsOnly("success");

    try (Stream<String> lines = Files.lines(project.output("talker", up.outcome("talker")))) {
      assertThat(lines.filter(line -> line.endsWith(" " + LINE)).count()).isEqualTo(LINES);
    }
  }

  @Test
  @Order(5)
  void aScriptWithNothingToDoIsANoOpWithAStamp() throws InterruptedException, SQLException {
    assertThat(up.event("BootstrapCompleted", "quiet").path("status").asText()).isEqualTo("NoOp");
    assertThat(project.records().column("SELECT vm FROM stamps ORDER BY vm"))
        .containsExactly("quiet", "talker");
    assertThat(project.status("quiet").path("stamp").isObject()).isTrue();
  }

  @Test
  @Order(6)
  void envValuesReachTheScriptByteForByteAndNoRecord() throws IOException, SQLException {
    JsonNode outcome = up.outcome("quiet");
    List<String> printed = Files.readAllLines(project.output("quiet", outcome));

    assertThat(printed).anyMatch(line -> line.endsWith(" awkward=" + hex(AWKWARD)));
    assertThat(printed).anyMatch(line -> line.endsWith(" dash=" + hex(LEADING_DASH)));
    assertThat(printed).anyMatch(line -> line.endsWith(" empty="));
    Path log = project.bootstrapLogs("quiet").resolve(outcome.path("run_id").asText() + ".json");
    assertThat(Files.readString(log)).doesNotContain("'one'");
    assertThat(project.records().column("SELECT fields FROM events"))
        .noneMatch(data -> data.contains("'one'"));
  }

  @Test
  @Order(7)
  void aPayloadArrivesByteForByteWhateverItsNamesAndModes() throws IOException {
    List<String> printed = Files.readAllLines(project.output("quiet", up.outcome("quiet")));

    assertThat(printed.stream().filter(line -> line.contains(" entry ")))
        .map(line -> line.substring(line.indexOf("entry ")))
        .containsExactlyInAnyOrderElementsOf(payload);
  }

  @Test
  @Order(8)
  void aScriptThatReportsAnErrorFailsWithItsWordsWhateverItsExitStatus()
      throws IOException, SQLException {
    failsOnce("complaining", "apply");

    assertThat(up.outcome("complaining").path("error").asText()).contains("disk too small");
  }

  @Test
  @Order(9)
  void downAsksTheGuestAndTellsEveryStep() throws InterruptedException {
    CastraResult down = project.down("quiet").exitsWith(0);

    assertThat(Json.texts(down.events(), "type"))
        .containsExactly(
            "ShutdownRequested",
            "CooperativeAttempted",
            "CooperativeSucceeded",
            "ShutdownComplete");
    assertThat(Json.texts(down.events(), "vm")).containsOnly("quiet");
    assertThat(down.event("ShutdownComplete", "quiet").path("outcome").asText())
        .isEqualTo("graceful");
    assertThat(project.status("quiet").path("state").asText()).isEqualTo("stopped");
    assertThat(project.status("talker").path("state").asText()).isEqualTo("running");
  }

  @Test
  @Order(10)
  void aGuestThatIgnoresThePowerButtonIsTerminated() throws InterruptedException {
    long pid = project.status("silent").path("pid").asLong();
    project.file("castra.toml", "[lifecycle]\ngraceful_shutdown_wait_secs = 1\n" + vms());

    CastraResult down = project.down("silent").exitsWith(0);

    assertThat(Json.texts(down.events(), "type"))
        .containsExactly(
            "ShutdownRequested",
            "CooperativeAttempted",
            "CooperativeTimedOut",
            "ShutdownEscalated",
            "ShutdownComplete");
    assertThat(down.event("CooperativeAttempted", "silent").path("timeout_ms").asLong())
        .isEqualTo(1_000);
    assertThat(down.event("ShutdownEscalated", "silent").path("signal").asText())
        .isEqualTo("SIGTERM");
    assertThat(down.event("ShutdownComplete", "silent").path("outcome").asText())
        .isEqualTo("terminated");
    assertThat(Host.isAlive(pid)).isFalse();
  }

  /** This run and no other, remembered once and naming this step. */
  private void failsOnce(String vm, String step) throws IOException, SQLException {
    String run = up.event("BootstrapFailed", vm).path("run_id").asText();
    FailedRun.log(project, vm, run, "failed", step);
    assertThat(project.records().count("runs WHERE vm = '" + vm + "'")).isEqualTo(1);
    assertThat(project.logsOf(vm)).hasSize(2);
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }
}
