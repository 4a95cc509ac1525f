package dev.castra.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.process.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShutdownLadderTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir Path folder;

  private final ShutdownLadder ladder = new ShutdownLadder(Ticker.system());
  private final Recorder recorder = new Recorder();
  private Machine machine;
  private RunningVm vm;

  @BeforeEach
  void start() throws Exception {
    machine = Machine.in(folder);
    vm = machine.start();
  }

  @AfterEach
  void stop() throws IOException {
    machine.close();
  }

  @Test
  void terminatesGuestThatIgnoresItsPowerButton() throws Exception {
    assertThat(shutDown(Duration.ofSeconds(2), LONG)).isEqualTo(ShutdownOutcome.TERMINATED);
    assertThat(recorder.heard)
        .containsExactly(
            "requested",
            "attempted QMP system_powerdown 2000",
            "timed out: the guest did not power off within 2000 ms",
            "escalated SIGTERM",
            "complete TERMINATED");
    assertThat(vm.hasExited()).isTrue();
    assertThat(vm.qmpSocket()).doesNotExist();
  }

  @Test
  void killsStuckProcess() throws Exception {
    Machine.signal("STOP", vm.process().pid());
    assertThat(shutDown(SHORT, SHORT)).isEqualTo(ShutdownOutcome.KILLED);
    assertThat(recorder.heard)
        .containsExactly(
            "requested",
            "attempted QMP system_powerdown 300",
            "timed out: the guest could not be asked: QEMU did not answer",
            "escalated SIGTERM",
            "escalated SIGKILL",
            "complete KILLED");
    assertThat(vm.hasExited()).isTrue();
    assertThat(vm.qmpSocket()).doesNotExist();
  }

  @Test
  void doesNotAskWhenThereIsNoTimeForIt() throws Exception {
    assertThat(shutDown(Duration.ZERO, LONG)).isEqualTo(ShutdownOutcome.TERMINATED);
    assertThat(recorder.heard)
        .containsExactly("requested", "escalated SIGTERM", "complete TERMINATED");
  }

  @Test
  void reportsProcessThatEndsWhileItIsAskedTo() throws Exception {
    ShutdownListener ender =
        new Recorder() {
          @Override
          public void cooperativeAttempted(String method, long timeoutMs) {
            vm.kill();
          }
        };
    assertThat(ladder.shutDown(vm, new ShutdownTimeouts(LONG, SHORT, SHORT), ender))
        .isEqualTo(ShutdownOutcome.GRACEFUL);
  }

  @Test
  void hasNothingToDoForStoppedMachine() throws Exception {
    shutDown(Duration.ZERO, LONG);
    recorder.heard.clear();
    assertThat(shutDown(LONG, LONG)).isEqualTo(ShutdownOutcome.ALREADY_STOPPED);
    assertThat(recorder.heard).containsExactly("requested", "complete ALREADY_STOPPED");
  }

  private ShutdownOutcome shutDown(Duration graceful, Duration terminate)
      throws InterruptedException {
    return ladder.shutDown(vm, new ShutdownTimeouts(graceful, terminate, LONG), recorder);
  }

  private static class Recorder implements ShutdownListener {
    final List<String> heard = new ArrayList<>();

    @Override
    public void requested() {
      heard.add("requested");
    }

    @Override
    public void cooperativeAttempted(String method, long timeoutMs) {
      heard.add("attempted " + method + " " + timeoutMs);
    }

    @Override
    public void cooperativeSucceeded(long elapsedMs) {
      heard.add("succeeded");
    }

    @Override
    public void cooperativeTimedOut(String reason) {
      heard.add("timed out: " + reason.replaceFirst("answer within \\d+ ms$", "answer"));
    }

    @Override
    public void escalated(String signal) {
      heard.add("escalated " + signal);
    }

    @Override
    public void complete(ShutdownOutcome outcome, long totalMs) {
      heard.add("complete " + outcome);
    }
  }
}
