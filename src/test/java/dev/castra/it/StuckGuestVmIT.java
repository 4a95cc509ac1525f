package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guests that will never answer and say so on their serial console. All deadlines are an hour: an
 * {@code up} that waits for one does not end before the test does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StuckGuestVmIT {
  private static final String PANIC =
      "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)";
  private static final String VM =
      """
      [[vms]]
      name = "%s"
      base_image = "%s"
      memory = "128 MiB"
      [vms.bootstrap]
      handshake_timeout_secs = 3600
      """;

  private final CastraProject project;
  private CastraResult up = new CastraResult(-1, List.of(), "not run");

  StuckGuestVmIT() throws IOException {
    project = CastraProject.create();
  }

  @BeforeAll
  void upWithThreeGuestsThatGetNowhere() throws IOException, InterruptedException {
    BootSector.printing(
        project.directory().resolve("panic.img"),
        "[    2.074603] VFS: Cannot open root device \"vda1\"\r\n[    2.075016] " + PANIC + "\r\n");
    BootSector.printing(
        project.directory().resolve("rescue.img"),
        "\u001b[0merror: no such partition.\r\nEntering rescue mode...\r\ngrub rescue> ");
    // Not even a boot sector: what the console shows is SeaBIOS itself.
    Host.run(project.directory(), "qemu-img", "create", "-q", "-f", "qcow2", "blank.qcow2", "1M");
    // None of them hears the power button.
    project.file(
        "castra.toml",
        "[lifecycle]\ngraceful_shutdown_wait_secs = 1\n"
            + VM.formatted("panic", "panic.img")
            + VM.formatted("rescue", "rescue.img")
            + VM.formatted("blank", "blank.qcow2"));
    for (String vm : List.of("panic", "rescue", "blank")) {
      project.script(vm, "echo never");
    }
    up = project.up();
  }

  @AfterAll
  void stop() throws IOException, InterruptedException {
    project.close();
  }

  @ParameterizedTest
  @CsvSource({
    "panic, a kernel panic, '" + PANIC + "', kernel",
    "rescue, the prompt of a boot loader, grub rescue>, base image",
    "blank, firmware that found nothing to boot, No bootable device., base image"
  })
  void theFailureSaysWhatTheConsoleShowsAndHowTheLastTryEnded(
      String vm, String shown, String words, String hint) {
    up.exitsWith(70);

    JsonNode failed = up.event("BootstrapFailed", vm);
    assertThat(failed.path("step").asText()).isEqualTo("wait-handshake");
    assertThat(failed.path("error").asText())
        .startsWith("The serial console of VM `" + vm + "` shows " + shown + ": `" + words + "`.")
        .contains("the last one failed at `no banner`");
    assertThat(failed.path("hint").asText()).contains(hint, "serial.log");
    assertThat(up.outcome(vm).path("status").asText()).isEqualTo("Failed");
  }

  @ParameterizedTest
  @CsvSource({
    "panic, kernel-panic, '[    2.075016] " + PANIC + "'",
    "rescue, boot-loader-prompt, grub rescue>",
    "blank, no-bootable-device, No bootable device."
  })
  void thereIsOneDurableLogWithTheClassOfTheFailureAndTheLastSerialLines(
      String vm, String finding, String lastLine) throws IOException {
    String run = up.outcome(vm).path("run_id").asText();
    Path folder = project.bootstrapLogs(vm);

    assertThat(project.logsOf(vm))
        .containsExactly(folder.resolve(run + ".json"), folder.resolve(run + ".log"));
    JsonNode log = Json.object(Files.readString(folder.resolve(run + ".json")));
    assertThat(log.path("failed_step").asText()).isEqualTo("wait-handshake");
    assertThat(log.path("error_code").asText()).isEqualTo("handshake-failed");
    assertThat(log.path("failure_class").asText()).isEqualTo("no-banner");
    assertThat(log.path("serial_finding").asText()).isEqualTo(finding);
    List<String> tail = new ArrayList<>();
    log.path("serial_tail").forEach(line -> tail.add(line.asText()));
    assertThat(tail).hasSizeLessThanOrEqualTo(20).last().isEqualTo(lastLine);
    assertThat(tail).as("the firmware's greeting").anyMatch(line -> line.startsWith("SeaBIOS"));
    assertThat(Files.readString(folder.resolve(run + ".log")))
        .contains("castra: failure class: no banner", "castra: serial: " + lastLine);
  }

  @ParameterizedTest
  @ValueSource(strings = {"panic", "rescue", "blank"})
  void theVmIsLeftRunningForSomebodyToLookAt(String vm) throws InterruptedException {
    JsonNode status = project.status(vm);

    assertThat(status.path("state").asText()).isEqualTo("failed");
    assertThat(Host.isAlive(status.path("pid").asLong())).isTrue();
  }

  @Test
  void eachGuestHasOneFailedRun() throws SQLException {
    assertThat(project.records().column("SELECT vm || ' ' || status FROM runs ORDER BY run_id"))
        .containsExactlyInAnyOrder("panic failed", "rescue failed", "blank failed");
  }
}
