package dev.castra.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.process.Deadline;
import dev.castra.process.ProcessIdentity;
import dev.castra.process.Ticker;
import dev.castra.vm.BootId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VmProcessesTest {
  @TempDir Path folder;

  private final BootId boot = BootId.fresh();

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "-1", "1", "007", "12x", "1e3", "99999999999999999999", "2147483646"})
  void trustsNoGarbage(String content) throws IOException {
    Files.writeString(folder.resolve("qemu.pid"), content + "\n");
    assertThat(VmProcesses.find(new BootFolder(folder), boot)).isEmpty();
  }

  @Test
  void findsNothingWithoutPidFile() {
    assertThat(VmProcesses.find(new BootFolder(folder), boot)).isEmpty();
  }

  @Test
  void leavesRecycledPidAlone() throws Exception {
    Process bystander = new ProcessBuilder("sleep", "600").start();
    try {
      Files.writeString(folder.resolve("qemu.pid"), bystander.pid() + "\n");
      assertThat(VmProcesses.find(new BootFolder(folder), boot)).isEmpty();

      ProcessIdentity identity = ProcessIdentity.of(bystander.pid()).orElseThrow();
      RunningVm mistaken = new RunningVm(identity, boot, folder.resolve("none.qmp"));
      assertThat(mistaken.hasExited()).isTrue();
      mistaken.terminate();
      mistaken.kill();
      assertThat(bystander.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
    } finally {
      bystander.destroyForcibly().waitFor();
    }
  }

  @Test
  void waitsForThePidFileOfAProcessOnItsWay() throws Exception {
    Process late = marked("sleep 0.5; echo $$ >qemu.pid; read end");
    try {
      assertThat(unwatched(Machine.deadline()).orElseThrow().process().pid()).isEqualTo(late.pid());
    } finally {
      late.destroyForcibly().waitFor();
    }
  }

  @Test
  void findsNothingOnceAProcessOnItsWayHasGivenUp() throws Exception {
    Process failing = marked("sleep 0.5; :");
    assertThat(unwatched(Machine.deadline())).isEmpty();
    assertThat(failing.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void namesAProcessThatNeverGetsReady() throws Exception {
    Process hanging = marked("read end");
    try {
      assertThatThrownBy(() -> unwatched(Deadline.after(Ticker.system(), Duration.ofSeconds(1))))
          .isInstanceOf(CastraException.class)
          .hasMessageContaining("process " + hanging.pid());
    } finally {
      hanging.destroyForcibly().waitFor();
    }
  }

  private Optional<RunningVm> unwatched(Deadline deadline) throws InterruptedException {
    return VmProcesses.findUnwatched(new BootFolder(folder), boot, deadline);
  }

  /** A shell with the boot's marker on its command line, in the boot's folder; reads nothing. */
  private Process marked(String script) throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", script, "qemu"));
    command.addAll(List.of(QemuCommandLine.marker(boot).split(" ", -1)));
    return new ProcessBuilder(command).directory(folder.toFile()).start();
  }
}
