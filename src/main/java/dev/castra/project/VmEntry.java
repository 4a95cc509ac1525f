package dev.castra.project;

import static dev.castra.project.Backticks.quote;

import dev.castra.vm.Driver;
import dev.castra.vm.VmName;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tomlj.TomlPosition;

/**
 * One {@code [[vms]]} entry as written.
 *
 * @param role absent if the name is missing or invalid
 * @param count absent for a single VM that has the role's name
 * @param ssh present if the machine exists already
 */
record VmEntry(
    TomlPosition position,
    Optional<String> role,
    Optional<Integer> count,
    String description,
    MachineSettings machine,
    List<PortEntry> ports,
    Optional<SshEntry> ssh,
    VmBootstrap bootstrap) {
  private static final int MAX_COUNT = 1000;
  private static final List<String> NOT_FOR_SSH =
      List.of("count", "base_image", "cpus", "memory", "disk", "accel", "port_forwards");

  static VmEntry read(TableReader table) {
    table.require("name");
    return new VmEntry(
        table.position("name"),
        table.matching("name", VmName::isValid, "it must match `[a-z0-9][a-z0-9-]{0,62}`"),
        table.integer("count", 1, MAX_COUNT),
        table.matching("description", VmEntry::isOneLine, "it must be one line").orElse(""),
        MachineSettings.read(table),
        PortEntry.readAll(table.tables("port_forwards")),
        readSsh(table),
        VmBootstrap.read(table.table("bootstrap")));
  }

  private static Optional<SshEntry> readSsh(TableReader table) {
    Driver driver = table.choice("driver", Driver.values(), Driver::id).orElse(Driver.QEMU);
    boolean described = !table.hasNone("ssh");
    TableReader ssh = table.table("ssh");
    SshEntry entry = SshEntry.read(ssh);
    if (driver == Driver.QEMU) {
      if (described) {
        table.problem("ssh", "`[vms.ssh]` is only for VMs with `driver = \"ssh\"`.");
      }
      return Optional.empty();
    }
    ssh.require("host");
    ssh.require("identity_file");
    NOT_FOR_SSH.stream()
        .filter(key -> !table.hasNone(key))
        .forEach(
            key ->
                table.problem(
                    key,
                    quote(key)
                        + " is not for a VM with `driver = \"ssh\"`: its machine exists already."));
    return Optional.of(entry);
  }

  /** It ends up in tables on terminals, which control characters would upset. */
  private static boolean isOneLine(String description) {
    return description.chars().noneMatch(Character::isISOControl);
  }

  int replicas() {
    return count.orElse(1);
  }

  /** What messages call this entry. */
  String label() {
    return role.orElse("?");
  }

  /** Name of the VM with the index, which counts from 0. */
  String vmName(int index) {
    return count.isPresent() ? label() + "-" + index : label();
  }

  List<String> vmNames() {
    return IntStream.range(0, replicas()).mapToObj(this::vmName).toList();
  }
}
