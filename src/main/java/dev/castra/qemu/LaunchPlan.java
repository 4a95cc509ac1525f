package dev.castra.qemu;

import dev.castra.vm.Accelerator;
import dev.castra.vm.BootId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything that decides what QEMU is told; all paths are absolute.
 *
 * @param program {@code qemu-system-x86_64}
 * @param boot appears on the command line, which is how the process is recognised later
 * @param project name for people, part of the process's name
 * @param cpus at least 1
 * @param memoryMib RAM in MiB
 * @param accelerator {@code KVM} or {@code TCG}
 * @param disk qcow2 overlay
 * @param seed folder served to the guest as the read-only volume {@code cidata}
 * @param ports forwards with concrete host ports
 * @param qmpSocket where QEMU listens for QMP; at most 100 bytes, see {@link SocketFolder}
 */
public record LaunchPlan(
    Path program,
    VmName vm,
    BootId boot,
    String project,
    int cpus,
    int memoryMib,
    Accelerator accelerator,
    Path disk,
    Path seed,
    List<ForwardedPort> ports,
    BootFolder bootFolder,
    Path qmpSocket) {
  /**
   * @throws IllegalArgumentException if the accelerator or a host port is not decided yet
   */
  public LaunchPlan {
    ports = List.copyOf(ports);
    if (accelerator == Accelerator.AUTO) {
      throw new IllegalArgumentException("The accelerator is not decided.");
    }
    if (ports.stream().anyMatch(port -> port.hostPort() == 0)) {
      throw new IllegalArgumentException("A host port is not decided.");
    }
  }

  /** The same start with other host ports, after one was taken. */
  public LaunchPlan withPorts(List<ForwardedPort> others) {
    return new LaunchPlan(
        program,
        vm,
        boot,
        project,
        cpus,
        memoryMib,
        accelerator,
        disk,
        seed,
        others,
        bootFolder,
        qmpSocket);
  }

  /** The same start with another accelerator, after QEMU refused this one. */
  public LaunchPlan withAccelerator(Accelerator other) {
    return new LaunchPlan(
        program,
        vm,
        boot,
        project,
        cpus,
        memoryMib,
        other,
        disk,
        seed,
        ports,
        bootFolder,
        qmpSocket);
  }
}
