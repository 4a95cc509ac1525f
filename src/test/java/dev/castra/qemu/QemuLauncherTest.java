package dev.castra.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.ProcessIdentity;
import dev.castra.process.Ticker;
import dev.castra.vm.Accelerator;
import dev.castra.vm.BootId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QemuLauncherTest {
  @TempDir Path temporary;

  private Machine machine;

  @BeforeEach
  void layOut() throws Exception {
    machine = Machine.in(Files.createDirectory(temporary.resolve("a, b:c=d %e's")));
  }

  @AfterEach
  void stop() throws IOException {
    machine.close();
  }

  @Test
  void startsDetachedMachineThatIsFoundAgain() throws Exception {
    RunningVm vm = machine.start();
    assertThat(vm.isAlive()).isTrue();
    assertThat(vm.process().isAliveWith(vm.boot().toString())).isTrue();
    assertThat(sessionOf(vm.process())).isNotEqualTo(sessionOf(ProcessIdentity.ofSelf()));
    assertThat(VmProcesses.find(machine.plan().bootFolder(), vm.boot())).contains(vm);
    try (QmpClient qmp = QmpClient.connect(vm.qmpSocket(), Machine.deadline())) {
      qmp.systemPowerdown(Machine.deadline());
    }
  }

  @Test
  void writesTheCommandForPeople() throws Exception {
    machine.start();
    assertThat(Files.readString(machine.plan().bootFolder().commandFile()))
        .startsWith("cd '" + temporary + "/a, b:c=d %e'\\''s/boot' && '/")
        .endsWith("'-daemonize'\n")
        .doesNotContain("PRIVATE KEY");
  }

  @Test
  void namesThePortThatIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      LaunchPlan plan = machine.plan().withPorts(List.of(Machine.port(port)));
      assertThat(machine.launch(plan))
          .isInstanceOfSatisfying(
              LaunchResult.PortTaken.class,
              result -> {
                assertThat(result.hostPort()).isEqualTo(port);
                assertThat(result.detail()).contains("Could not set up host forwarding rule");
              });
    }
    assertThat(machine.start().isAlive()).as("with another port").isTrue();
  }

  @Test
  void saysWhyTheDiskIsRefused() throws Exception {
    Files.delete(machine.plan().disk());
    assertThat(machine.launch(machine.plan()))
        .isInstanceOfSatisfying(
            LaunchResult.Refused.class,
            result ->
                assertThat(result.detail())
                    .endsWith("No such file or directory")
                    .doesNotContain("qemu-system"));
  }

  @Test
  void refusesDiskThatAnotherMachineUses() throws Exception {
    machine.start();
    LaunchPlan plan = machine.plan();
    LaunchPlan second =
        new LaunchPlan(
            plan.program(),
            plan.vm(),
            BootId.fresh(),
            plan.project(),
            1,
            128,
            Accelerator.TCG,
            plan.disk(),
            plan.seed(),
            List.of(),
            new BootFolder(temporary.resolve("other")),
            temporary.resolve("other.qmp"));
    assertThat(machine.launch(second))
        .isInstanceOfSatisfying(
            LaunchResult.Refused.class, result -> assertThat(result.detail()).contains("lock"));
  }

  @Test
  void leavesNothingRunningPastItsDeadline() throws Exception {
    LaunchResult result =
        QemuLauncher.launch(machine.plan(), Deadline.after(Ticker.system(), Duration.ofMillis(1)));
    assertThat(result).isInstanceOf(LaunchResult.Refused.class);
    assertNoProcessOf(machine.plan());
  }

  @Test
  void leavesNothingRunningWhenInterrupted() throws Exception {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> machine.launch(machine.plan()))
        .isInstanceOf(InterruptedException.class);
    assertNoProcessOf(machine.plan());
  }

  @Test
  void tellsKvmTroubleFromOtherTrouble() {
    QemuLog log =
        new QemuLog(
            "kvm version too old\n2026-01-01T00:00:00.1Z qemu-system-x86_64: -accel kvm: no");
    assertThat(log.reason(Accelerator.KVM))
        .isEqualTo(new LaunchResult.KvmRefused("-accel kvm: no"));
    assertThat(log.reason(Accelerator.TCG)).isEqualTo(new LaunchResult.Refused("-accel kvm: no"));
    assertThat(new QemuLog("").reason(Accelerator.KVM))
        .isEqualTo(new LaunchResult.Refused("QEMU said nothing"));
  }

  /** The two halves of a starting QEMU end on their own account, so this may take a moment. */
  private static void assertNoProcessOf(LaunchPlan plan) throws InterruptedException {
    String marker = QemuCommandLine.marker(plan.boot());
    Deadline deadline = Machine.deadline();
    Backoff backoff = Backoff.standard();
    while (!deadline.passed() && anyProcessWith(marker)) {
      backoff.pause(deadline);
    }
    assertThat(anyProcessWith(marker)).isFalse();
  }

  private static boolean anyProcessWith(String marker) {
    return ProcessHandle.allProcesses()
        .anyMatch(handle -> ProcessIdentity.commandLine(handle.pid()).contains(marker));
  }

  /** Field 6 of /proc/PID/stat, see proc(5). */
  private static String sessionOf(ProcessIdentity process) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3];
  }
}
