package dev.castra.project;

import dev.castra.vm.Accelerator;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.BootstrapSpec;
import dev.castra.vm.DiskPolicy;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.ForwardedPort.Protocol;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns faultless entries into VMs: one per replica, every default applied. */
record Replicas(MachineSettings defaults, BootstrapSettings bootstrap, BootstrapFiles files) {

  List<VmSpec> expand(List<VmEntry> entries) {
    List<VmSpec> vms = new ArrayList<>();
    for (VmEntry entry : entries) {
      for (int index = 0; index < entry.replicas(); index++) {
        vms.add(vm(entry, index, vms.size()));
      }
    }
    return vms;
  }

  private VmSpec vm(VmEntry entry, int index, int position) {
    MachineSettings machine = entry.machine().or(defaults);
    String name = entry.vmName(index);
    return new VmSpec(
        new VmName(name),
        new VmName(entry.label()),
        position,
        entry.description(),
        machine.baseImage().orElse(MachineSettings.BASE_IMAGE),
        machine.cpus().orElse(MachineSettings.CPUS),
        machine.memoryMib().orElse(MachineSettings.MEMORY_MIB),
        machine.disk().orElse(DiskPolicy.PERSISTENT),
        machine.accel().orElse(Accelerator.AUTO),
        entry.ssh().isPresent() ? List.of() : ports(entry, index),
        entry.ssh().map(ssh -> ssh.target(files.directory())),
        bootstrap(entry, name));
  }

  private static List<ForwardedPort> ports(VmEntry entry, int index) {
    List<ForwardedPort> ports = new ArrayList<>();
    for (PortEntry written : entry.ports()) {
      ForwardedPort port = written.port();
      ports.add(port.hostPort() == 0 ? port : port.withHostPort(port.hostPort() + index));
    }
    if (ports.stream().noneMatch(ForwardedPort::isSsh)) {
      ports.add(
          0,
          new ForwardedPort(ForwardedPort.LOOPBACK, 0, ForwardedPort.SSH_GUEST_PORT, Protocol.TCP));
    }
    return ports;
  }

  private BootstrapSpec bootstrap(VmEntry entry, String vm) {
    VmBootstrap written = entry.bootstrap();
    BootstrapSettings settings = written.settings().or(bootstrap);
    Optional<Path> script = files.script(written, vm, entry.label());
    return new BootstrapSpec(
        settings.mode().orElse(BootstrapMode.AUTO),
        script,
        files.payload(written, script),
        settings.handshakeTimeout().orElse(BootstrapSettings.HANDSHAKE_TIMEOUT),
        settings.applyTimeout().orElse(BootstrapSettings.APPLY_TIMEOUT),
        settings.remoteDir().orElse(RemoteDir.DEFAULT),
        settings.env(),
        written.verifyCommand(),
        written.verifyPath());
  }
}
