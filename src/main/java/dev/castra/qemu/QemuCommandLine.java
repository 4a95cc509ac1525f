package dev.castra.qemu;

import dev.castra.vm.Accelerator;
import dev.castra.vm.BootId;
import dev.castra.vm.ForwardedPort;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Spells a {@link LaunchPlan} as QEMU arguments; a pure function. The options are those of QEMU's
 * "System Emulation: Invocation" page.
 */
public final class QemuCommandLine {
  private QemuCommandLine() {}

  /**
   * The whole command, program first. It has to be run in the boot folder: {@code -D} would take a
   * per cent sign in a path for a placeholder, so the log is named without one.
   */
  public static List<String> of(LaunchPlan plan) {
    return Stream.of(
            List.of(plan.program().toString()),
            identity(plan),
            machine(plan),
            serialPort(plan),
            disk(plan),
            seed(plan),
            network(plan),
            control(plan))
        .flatMap(List::stream)
        .toList();
  }

  /** Text that the command line of this boot's process holds, and no other process's. */
  static String marker(BootId boot) {
    return "-uuid " + boot;
  }

  private static List<String> identity(LaunchPlan plan) {
    String name = "castra:" + plan.project() + "/" + plan.vm();
    return List.of("-name", "guest=" + escaped(name), "-uuid", plan.boot().toString());
  }

  private static List<String> machine(LaunchPlan plan) {
    boolean kvm = plan.accelerator() == Accelerator.KVM;
    return List.of(
        "-nodefaults",
        "-no-user-config",
        "-machine",
        // Graphics off: SeaBIOS, and boot loaders that write through it, use the serial port.
        "q35,graphics=off",
        "-accel",
        kvm ? "kvm" : "tcg,thread=multi",
        "-cpu",
        kvm ? "host" : "max",
        "-smp",
        Integer.toString(plan.cpus()),
        "-m",
        plan.memoryMib() + "M",
        "-display",
        "none",
        "-vga",
        "none",
        "-device",
        "virtio-rng-pci");
  }

  private static List<String> serialPort(LaunchPlan plan) {
    return List.of(
        "-chardev",
        "file,id=serial0,path=" + escaped(plan.bootFolder().serialLog()),
        "-serial",
        "chardev:serial0");
  }

  /**
   * The default cache mode: what the guest flushes is on the host's disk, so a stamp never outlives
   * the data it vouches for.
   */
  private static List<String> disk(LaunchPlan plan) {
    return List.of(
        "-blockdev",
        "driver=file,node-name=disk-file,discard=unmap,filename=" + escaped(plan.disk()),
        "-blockdev",
        "driver=qcow2,node-name=disk,discard=unmap,file=disk-file",
        "-device",
        // Without the boot index SeaBIOS tries the seed first and never gets to the disk.
        "virtio-blk-pci,drive=disk,bootindex=1");
  }

  private static List<String> seed(LaunchPlan plan) {
    return List.of(
        "-blockdev",
        "driver=vvfat,node-name=seed,label=cidata,read-only=on,dir=" + escaped(plan.seed()),
        "-device",
        "virtio-blk-pci,drive=seed");
  }

  private static List<String> network(LaunchPlan plan) {
    String forwards =
        plan.ports().stream().map(QemuCommandLine::forward).collect(Collectors.joining());
    return List.of(
        "-netdev",
        "user,id=net0" + forwards,
        "-device",
        // An empty ROM file: the firmware does not try to boot from the network.
        "virtio-net-pci,netdev=net0,romfile=");
  }

  private static String forward(ForwardedPort port) {
    return ",hostfwd=%s:%s:%d-:%d"
        .formatted(port.protocol().id(), port.hostAddress(), port.hostPort(), port.guestPort());
  }

  private static List<String> control(LaunchPlan plan) {
    return List.of(
        "-chardev",
        "socket,id=qmp,server=on,wait=off,path=" + escaped(plan.qmpSocket()),
        "-mon",
        "chardev=qmp,mode=control",
        "-pidfile",
        plan.bootFolder().pidFile().toString(),
        "-D",
        BootFolder.QEMU_LOG,
        "-msg",
        "timestamp=on",
        "-daemonize");
  }

  private static String escaped(Path path) {
    return escaped(path.toString());
  }

  /** A comma separates options unless it is doubled. */
  private static String escaped(String value) {
    return value.replace(",", ",,");
  }
}
