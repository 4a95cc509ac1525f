package dev.castra.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.security.auth.module.UnixSystem;
import dev.castra.process.Command;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import dev.castra.vm.Accelerator;
import dev.castra.vm.BootId;
import dev.castra.vm.DiskId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A real QEMU with an empty disk: it stays in its firmware, answers QMP and ignores its power
 * button. Closing it kills what was started.
 */
final class Machine implements AutoCloseable {
  static final String LOOPBACK = ForwardedPort.LOOPBACK;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final LaunchPlan plan;

  private Machine(LaunchPlan plan) {
    this.plan = plan;
  }

  /** Lays out a machine below {@code folder}, not started yet. */
  static Machine in(Path folder) throws IOException, InterruptedException {
    Path disk = folder.resolve("disk.qcow2");
    run("qemu-img", "create", "-q", "-f", "qcow2", disk.toString(), "1M");
    Path seed = folder.resolve("seed");
    SeedVolume.write(seed, SeedVolumeTest.seed("web-0", DiskId.fresh()));
    BootId boot = BootId.fresh();
    Path temporary = Files.createTempDirectory("castra-test");
    long uid = new UnixSystem().getUid();
    return new Machine(
        new LaunchPlan(
            program("qemu-system-x86_64"),
            new VmName("web-0"),
            boot,
            "shop",
            1,
            128,
            Accelerator.TCG,
            disk,
            seed,
            List.of(port(HostPorts.pick(LOOPBACK, ForwardedPort.Protocol.TCP, Set.of()))),
            new BootFolder(folder.resolve("boot")),
            SocketFolder.open(Map.of(), folder, temporary, uid).socket(boot)));
  }

  static ForwardedPort port(int hostPort) {
    return new ForwardedPort(LOOPBACK, hostPort, 22, ForwardedPort.Protocol.TCP);
  }

  static Deadline deadline() {
    return Deadline.after(Ticker.system(), LIMIT);
  }

  static void signal(String name, long pid) throws InterruptedException {
    run("kill", "-" + name, Long.toString(pid));
  }

  LaunchPlan plan() {
    return plan;
  }

  LaunchResult launch(LaunchPlan changed) throws InterruptedException {
    return QemuLauncher.launch(changed, deadline());
  }

  /** Starts the machine as laid out; anything but success fails the test. */
  RunningVm start() throws InterruptedException {
    LaunchResult result = launch(plan);
    assertThat(result).isInstanceOf(LaunchResult.Launched.class);
    return ((LaunchResult.Launched) result).vm();
  }

  @Override
  public void close() throws IOException {
    VmProcesses.find(plan.bootFolder(), plan.boot()).ifPresent(RunningVm::kill);
    Path project = parent(plan.qmpSocket());
    Files.deleteIfExists(plan.qmpSocket());
    Files.deleteIfExists(project);
    Files.deleteIfExists(parent(project));
    Files.deleteIfExists(parent(parent(project)));
  }

  private static Path parent(Path path) {
    return path.resolveSibling("").toAbsolutePath().normalize();
  }

  private static Path program(String name) {
    return Command.find(name, System.getenv("PATH")).orElseThrow();
  }

  private static void run(String... command) throws InterruptedException {
    Command.Result result = Command.run(List.of(command), LIMIT);
    assertThat(result.exitCode()).as(result.stderr()).isZero();
  }
}
