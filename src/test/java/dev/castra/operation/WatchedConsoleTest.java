package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.guest.Console.Finding;
import dev.castra.process.ManualTime;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WatchedConsoleTest {
  private static final String PANIC = "[    2.1] Kernel panic - not syncing: Oops\r\n";
  private static final String LOGIN = "Debian GNU/Linux 12 web ttyS0\r\n\r\nweb login: ";

  private final ManualTime time = new ManualTime();
  private final Path log;
  private final WatchedConsole console;

  WatchedConsoleTest(@TempDir Path folder) {
    log = folder.resolve("serial.log");
    console = new WatchedConsole(new VmName("web"), log, time);
  }

  @ParameterizedTest
  @CsvSource({
    "kernel-panic, Kernel panic - not syncing: Oops, a kernel panic, `memory`",
    "boot-loader-prompt, grub rescue>, the prompt of a boot loader, BIOS",
    "no-bootable-device, No bootable device., firmware that found nothing to boot, UEFI",
    "emergency-shell, (initramfs), an emergency shell, file systems"
  })
  void aDeadEndIsHopelessAfterFiveSeconds(String id, String words, String label, String hint)
      throws IOException {
    show("\r\n" + words);
    assertThat(finding().hopeless()).isFalse();
    pass(4);
    assertThat(finding().hopeless()).isFalse();
    pass(1);

    Finding finding = finding();
    assertThat(finding.hopeless()).isTrue();
    assertThat(finding.id()).isEqualTo(id);
    assertThat(finding.sentence())
        .isEqualTo("The serial console of VM `web` shows " + label + ": `" + words + "`.");
    assertThat(finding.hint()).contains(hint).endsWith("The console is in `" + log + "`.");
  }

  @Test
  void aMenuThatCountsDownIsNoDeadEnd() throws IOException {
    show("grub> ");
    finding();
    pass(3);
    show("\r\nThe highlighted entry will be executed automatically in 1s.\r\n");
    finding();
    pass(3);
    assertThat(finding().hopeless()).isFalse();
    show("[    0.000000] Linux version 6.1.0-56-cloud-amd64\r\n");

    assertThat(console.finding(false)).isEmpty();
  }

  @Test
  void aPanicThatRepeatsItselfIsHopelessAtOnce() throws IOException {
    show(PANIC + "Rebooting in 1 seconds..\r\nSeaBIOS (version 1.16.2)\r\n");
    assertThat(console.finding(false)).isEmpty();
    show(PANIC);

    assertThat(finding().hopeless()).isTrue();
  }

  @Test
  void anSshServerMayStartFifteenSecondsAfterTheLoginPrompt() throws IOException {
    show(LOGIN);
    finding();
    pass(14);
    assertThat(finding().hopeless()).isFalse();
    pass(1);

    assertThat(finding().hopeless()).isTrue();
    assertThat(finding().hint()).contains("no SSH server", "network interface is not up");
  }

  @Test
  void aGuestThatNeededLongForItsPromptGetsHalfOfThatOnTop() throws IOException {
    pass(100);
    show(LOGIN);
    finding();
    pass(49);
    assertThat(finding().hopeless()).isFalse();
    pass(1);

    assertThat(finding().hopeless()).isTrue();
  }

  @Test
  void aLoginPromptExplainsNothingOnceAServerHasSpoken() throws IOException {
    show(LOGIN);
    console.finding(true);
    pass(60);

    assertThat(console.finding(true)).isEmpty();
    assertThat(finding().hopeless()).isTrue();
  }

  @Test
  void aGuestThatHasAnsweredMayShowWhatItLikes() throws IOException {
    show(PANIC + LOGIN);
    console.answered();
    show("\r\n(initramfs) grub> \r\n" + LOGIN);
    pass(3600);

    assertThat(console.finding(false)).isEmpty();
    assertThat(console.deathNotice()).isEmpty();
  }

  @Test
  void onlyAPanicAfterItsAnswerIsItsDeathAtOnceAndForGood() throws IOException {
    show(PANIC);
    assertThat(console.deathNotice()).as("before the answer").isEmpty();
    console.answered();
    assertThat(console.deathNotice()).as("an old panic").isEmpty();
    show(PANIC);
    show("Rebooting in 1 seconds..\r\nSeaBIOS (version 1.16.2)\r\n");

    assertThat(console.deathNotice())
        .contains(
            "The serial console of VM `web` shows a kernel panic: `Kernel panic - not syncing:"
                + " Oops`.");
  }

  private Finding finding() {
    return console.finding(false).orElseThrow();
  }

  private void pass(int seconds) {
    time.pass(Duration.ofSeconds(seconds));
  }

  private void show(String shown) throws IOException {
    Files.writeString(log, shown, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
