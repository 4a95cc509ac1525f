package dev.castra.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProcessIdentityTest {
  @Test
  void theOwnProcessLivesAndIsTheSameEachTime() {
    ProcessIdentity self = ProcessIdentity.ofSelf();

    assertThat(self.pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(self.isAlive()).isTrue();
    assertThat(ProcessIdentity.ofSelf()).isEqualTo(self);
    assertThat(ProcessIdentity.of(self.pid())).contains(self);
  }

  @Test
  void aChildLivesUntilItIsGone() throws Exception {
    Process child = new ProcessBuilder("sleep", "300").start();
    try {
      ProcessIdentity identity = ProcessIdentity.of(child.pid()).orElseThrow();
      assertThat(identity.isAlive()).isTrue();
      assertThat(identity.startTicks())
          .isGreaterThanOrEqualTo(ProcessIdentity.ofSelf().startTicks());

      child.destroyForcibly();
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();

      assertThat(identity.isAlive()).isFalse();
      assertThat(ProcessIdentity.of(child.pid())).isEmpty();
    } finally {
      child.destroyForcibly();
    }
  }

  /** The shell becomes a sleep, which never asks how its child ended. */
  @Test
  void aZombieIsNotAlive() throws Exception {
    Process parent = new ProcessBuilder("sh", "-c", "sleep 0.2 & echo $!; exec sleep 300").start();
    try {
      long zombie = Long.parseLong(parent.inputReader().readLine());
      awaitZombie(zombie);

      assertThat(Files.exists(Path.of("/proc/" + zombie))).isTrue();
      assertThat(ProcessIdentity.of(zombie)).isEmpty();
    } finally {
      parent.destroyForcibly();
      assertThat(parent.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void awaitZombie(long pid) throws IOException, InterruptedException {
    Deadline deadline = Deadline.after(Ticker.system(), Duration.ofSeconds(60));
    Backoff backoff = Backoff.standard();
    while (!Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ")) {
      assertThat(deadline.passed()).as("still no zombie").isFalse();
      backoff.pause(deadline);
    }
  }

  @Test
  void aRecycledPidIsAnotherProcess() {
    ProcessIdentity self = ProcessIdentity.ofSelf();

    assertThat(new ProcessIdentity(self.pid(), self.startTicks() + 1, self.hostBootId()).isAlive())
        .isFalse();
    assertThat(new ProcessIdentity(self.pid(), self.startTicks(), "another boot").isAlive())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 0, -1, Long.MIN_VALUE})
  void aPidThatAddressesMoreThanOneProcessIsRefused(long pid) {
    assertThat(ProcessIdentity.of(pid)).isEmpty();
    assertThatThrownBy(() -> new ProcessIdentity(pid, 1, ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPidThatNobodyHasIsNobody() {
    assertThat(ProcessIdentity.of(Long.MAX_VALUE)).isEmpty();
    assertThat(ProcessIdentity.commandLine(Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void aMarkerOnTheCommandLineIsFound() throws Exception {
    Process child = new ProcessBuilder("sh", "-c", "read line", "marker-4711").start();
    try {
      ProcessIdentity identity = ProcessIdentity.of(child.pid()).orElseThrow();

      assertThat(identity.isAliveWith("marker-4711")).isTrue();
      assertThat(identity.isAliveWith("marker-4712")).isFalse();
      assertThat(ProcessIdentity.commandLine(child.pid())).isEqualTo("sh -c read line marker-4711");
    } finally {
      child.destroyForcibly();
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** The command name in /proc/PID/stat may hold what separates its fields. */
  @Test
  void aProgramsNameMayHoldParenthesesAndSpaces(@org.junit.jupiter.api.io.TempDir Path folder)
      throws Exception {
    Path program = folder.resolve("a) Z (b");
    Files.copy(Path.of("/bin/sleep"), program);
    Process child = new ProcessBuilder(program.toString(), "300").start();
    try {
      assertThat(ProcessIdentity.of(child.pid()).map(ProcessIdentity::isAlive)).contains(true);
    } finally {
      child.destroyForcibly();
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }
}
