package dev.castra.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.process.ProcessIdentity;
import dev.castra.vm.BootId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
