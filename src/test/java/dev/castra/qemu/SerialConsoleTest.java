package dev.castra.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.process.ManualTime;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files beside this test are what QEMU's serial port received from real machines. */
final class SerialConsoleTest {
  private static final String PANIC =
      "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)";

  private final ManualTime time = new ManualTime();
  private final Path log;
  private final SerialConsole console;

  SerialConsoleTest(@TempDir Path folder) {
    log = folder.resolve("serial.log");
    console = new SerialConsole(log, time);
  }

  @Test
  void aLogThatIsNotThereYetSaysNothing() {
    assertThat(console.sighting()).isEmpty();
    assertThat(console.tail()).isEmpty();
    assertThat(console.panic()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "kernel-panic.log, KERNEL_PANIC, '" + PANIC + "'",
    "grub-rescue.log, BOOT_LOADER_PROMPT, grub rescue>",
    "grub-prompt.log, BOOT_LOADER_PROMPT, grub>",
    "grub-prompt-twice.log, BOOT_LOADER_PROMPT, grub>",
    "no-bootable-device.log, NO_BOOTABLE_DEVICE, No bootable device."
  })
  void whatRealMachinesGotStuckAtIsRecognised(String file, SerialSign sign, String words)
      throws IOException {
    append(captured(file));

    assertSees(sign, words);
  }

  @Test
  void aHealthyBootShowsNoSign() throws IOException {
    append(captured("tiny.log"));

    assertThat(console.sighting()).isEmpty();
    assertThat(console.tail()).contains("SeaBIOS (version 1.16.2-debian-1.16.2-1)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALERT!  UUID=68d82fa1-1bb5-435f-a5e3-862176586eec does not exist.  Dropping to a shell!\n",
        "(initramfs) ",
        "You are in emergency mode. After logging in, type \"journalctl -xb\" to view\n",
        "Give root password for maintenance\n(or press Control-D to continue): ",
        "Press Enter for maintenance\n",
        "Entering emergency mode. Exit the shell to continue.\n",
        "dracut:/# ",
        "You are now being dropped into an emergency shell.\n",
        "initramfs emergency recovery shell launched. Type 'exit' to continue boot\n"
      })
  void emergencyShellsOfTheDistributionsAreRecognised(String shown) throws IOException {
    append("[    3.141592] sd 2:0:0:0: Attached\r\n" + shown);

    assertThat(console.sighting().orElseThrow().sign()).isEqualTo(SerialSign.EMERGENCY_SHELL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Debian GNU/Linux 12 web ttyS0\r\n\r\nweb login: ",
        "\r\nlogin: ",
        "web login: [   35.100000] random: crng init done\r\n",
        "web login: [  OK  ] Finished cloud-final.service\r\n",
        "web login: core (automatic login)\r\n"
      })
  void loginPromptsAreRecognised(String shown) throws IOException {
    append(shown);

    assertThat(console.sighting().orElseThrow().sign()).isEqualTo(SerialSign.LOGIN_PROMPT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Last login: Mon Nov 20 10:00:00 UTC on ttyS0\r\n",
        "[    0.000000] Command line: panic=0 console=ttyS0\r\n",
        "GNU GRUB  version 2.06\r\n*Debian GNU/Linux\r\n",
        "The highlighted entry will be executed automatically in 5s.\r\n",
        "[  OK  ] Stopped target Emergency Mode.\r\n",
        "echo 'Kernel panic - not syncing' >/dev/null\r\n",
        "login: authentication failure\r\n"
      })
  void whatOnlyResemblesASignIsNone(String shown) throws IOException {
    append(shown);

    assertThat(console.sighting()).isEmpty();
  }

  @Test
  void aPanicIsRecognisedBehindAPromptAndWithTheCallersMark() throws IOException {
    append("web login: [   99.000001][    T1] Kernel panic - not syncing: sysrq\r\n");

    assertSees(SerialSign.KERNEL_PANIC, "Kernel panic - not syncing: sysrq");
  }

  @Test
  void aSignInPiecesCountsOnce() throws IOException {
    append("[    2.0");
    assertThat(console.sighting()).isEmpty();
    append("75016] Kernel panic - not syn");
    assertThat(console.sighting()).isEmpty();
    append("cing: VFS");
    assertThat(console.panic()).isPresent();
    append(": Unable\r\n[    2.078270] ---[ end Kernel panic - not syncing: VFS: Unable ]---\r\n");

    assertThat(console.sighting().orElseThrow().times()).isEqualTo(1);
  }

  @Test
  void aPanicStandsFromItsFirstWordsHoweverMuchIsPrintedAfterIt() throws IOException {
    append("Kernel panic - not syncing: Oops\r\n");
    assertSees(SerialSign.KERNEL_PANIC, "Kernel panic - not syncing: Oops");
    pass(3);
    append("Call Trace:\r\n <TASK>\r\n");

    assertThat(console.sighting().orElseThrow().standing()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void aPromptStandsSinceTheGuestWentSilent() throws IOException {
    pass(40);
    append("web login: ");
    assertThat(console.sighting().orElseThrow().after()).isEqualTo(Duration.ofSeconds(40));
    pass(10);
    append("[   50.000000] cloud-init[512]: Cloud-init v. 22.4.2 finished\r\n");
    assertThat(console.sighting().orElseThrow().standing()).isZero();
    pass(4);
    append("[   54.000000] random: crng init done\r\n\r\n");

    SerialConsole.Sighting sighting = console.sighting().orElseThrow();
    assertThat(sighting.standing()).isEqualTo(Duration.ofSeconds(4));
    assertThat(sighting.after()).isEqualTo(Duration.ofSeconds(40));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SeaBIOS (version 1.16.2)\r\n",
        "GRUB loading.\r\n",
        "[    0.000000] Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org)\r\n"
      })
  void aMachineThatBeginsAnewIsNotStuckAnyMore(String first) throws IOException {
    append("grub rescue> ");
    assertSees(SerialSign.BOOT_LOADER_PROMPT, "grub rescue>");
    append("\r\n" + first);

    assertThat(console.sighting()).isEmpty();
  }

  @Test
  void panicsAreCountedAcrossResetsOfTheMachine() throws IOException {
    String shown = captured("panic-and-reset.log");
    append(shown);
    assertThat(console.sighting()).as("it boots again").isEmpty();
    assertThat(console.panic()).contains(PANIC);
    append(shown.substring(0, shown.indexOf("Rebooting")));

    assertThat(console.sighting().orElseThrow().times()).isEqualTo(2);
  }

  @Test
  void whatWasShownBeforeTheGuestAnsweredIsForgotten() throws IOException {
    append("Kernel panic - not syncing: old\r\n");
    console.settle();
    assertThat(console.panic()).isEmpty();
    assertThat(console.sighting()).isEmpty();
    append("Kernel panic - not syncing: new\r\n");

    assertThat(console.panic()).contains("Kernel panic - not syncing: new");
    assertThat(console.sighting().map(SerialConsole.Sighting::times)).isEqualTo(Optional.of(1));
  }

  @Test
  void theTailHasTheNewestLinesThatAreNotBlankAndThePromptAtTheEnd() throws IOException {
    StringBuilder shown = new StringBuilder();
    for (int i = 1; i <= 30; i++) {
      shown.append("line ").append(i).append("\r\n\r\n");
    }
    append(shown + "grub> ");

    assertThat(console.tail())
        .hasSize(SerialConsole.TAIL_LINES)
        .startsWith("line 12", "line 13")
        .endsWith("line 30", "grub>");
  }

  @Test
  void longLinesOfTheTailAreCutBetweenCharacters() throws IOException {
    append("a" + "😀".repeat(300) + "\n" + "b".repeat(200) + "\n");

    String first = console.tail().get(0);
    assertThat(first).hasSizeLessThanOrEqualTo(200).endsWith("😀…");
    assertThat(console.tail().get(1)).isEqualTo("b".repeat(200));
  }

  @Test
  void ofAFloodOnlyTheEndIsRead() throws IOException {
    append("Kernel panic - not syncing: drowned\n" + "x".repeat(99) + "\n");
    append(("y".repeat(99) + "\n").repeat(2000) + "grub> ");

    assertSees(SerialSign.BOOT_LOADER_PROMPT, "grub>");
    assertThat(console.panic()).isEmpty();
  }

  @Test
  void aLogThatIsWrittenAnewIsReadFromItsStart() throws IOException {
    append("the log of a start that failed, and some more of it\n");
    console.tail();
    Files.writeString(log, "grub> ");

    assertSees(SerialSign.BOOT_LOADER_PROMPT, "grub>");
  }

  private void assertSees(SerialSign sign, String words) {
    SerialConsole.Sighting sighting = console.sighting().orElseThrow();
    assertThat(sighting.sign()).isEqualTo(sign);
    assertThat(sighting.words()).isEqualTo(words);
  }

  private void pass(int seconds) {
    time.pass(Duration.ofSeconds(seconds));
  }

  private void append(String shown) throws IOException {
    Files.writeString(log, shown, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static String captured(String file) throws IOException {
    try (InputStream bytes = SerialConsoleTest.class.getResourceAsStream("serial/" + file)) {
      return new String(Objects.requireNonNull(bytes, file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
