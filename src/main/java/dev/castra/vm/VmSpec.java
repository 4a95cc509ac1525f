package dev.castra.vm;

import java.util.List;
import java.util.Optional;

/**
 * One VM as castra.toml describes it, replicas expanded and defaults applied.
 *
 * @param name the VM
 * @param role the {@code [[vms]]} entry it comes from
 * @param position place in file order, from 0
 * @param baseImage {@code tiny} or a path, as written, resolved against the project folder by the
 *     image package
 * @param cpus virtual CPUs, at least 1
 * @param memoryMib RAM in MiB
 * @param ports forwards in file order; always holds exactly one to the guest's SSH port, unless the
 *     machine is not Castra's
 * @param ssh the machine, if it exists already; what is said of image, CPUs, memory, disk and
 *     acceleration then means nothing
 */
public record VmSpec(
    VmName name,
    VmName role,
    int position,
    String description,
    String baseImage,
    int cpus,
    int memoryMib,
    DiskPolicy disk,
    Accelerator accel,
    List<ForwardedPort> ports,
    Optional<SshTarget> ssh,
    BootstrapSpec bootstrap) {
  public VmSpec {
    ports = List.copyOf(ports);
  }

  public Driver driver() {
    return ssh.isPresent() ? Driver.SSH : Driver.QEMU;
  }

  /** The forward that Castra connects through. */
  public ForwardedPort sshPort() {
    return ports.stream().filter(ForwardedPort::isSsh).findFirst().orElseThrow();
  }
}
