package dev.castra.store;

import dev.castra.vm.VmName;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * What is recorded of several VMs' present disks, all of one moment.
 *
 * @param vms those that were asked for; one is missing if neither it nor its image is recorded
 * @param hostKeys SSH host keys of all VMs that have a disk or are known machines
 */
public record ProjectHistory(Map<VmName, DiskHistory> vms, Map<VmName, String> hostKeys) {
  public ProjectHistory {
    vms = Map.copyOf(vms);
    hostKeys = Map.copyOf(hostKeys);
  }

  /** Of a project that no {@code up} has seen yet. */
  static final ProjectHistory NONE = new ProjectHistory(Map.of(), Map.of());

  public DiskHistory of(VmName vm) {
    return vms.getOrDefault(vm, DiskHistory.NONE);
  }

  /** Which of {@code others} has this SSH host key, see {@link DiskStore#refuseSharedKey}. */
  public Optional<VmName> ownerOfHostKey(String hostKey, Collection<VmName> others) {
    return others.stream()
        .filter(vm -> hostKeys.containsKey(vm))
        .filter(vm -> DiskStore.isSameKey(hostKeys.getOrDefault(vm, ""), hostKey))
        .findFirst();
  }
}
