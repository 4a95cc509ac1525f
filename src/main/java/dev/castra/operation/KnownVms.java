package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.project.Project;
import dev.castra.store.HistoryReader;
import dev.castra.vm.VmName;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** VMs that a question about the past can be about: those of castra.toml and of the record. */
final class KnownVms {
  private final Map<VmName, VmName> roles = new LinkedHashMap<>();

  KnownVms(Project project, List<HistoryReader.KnownVm> recorded) {
    project.vms().forEach(vm -> roles.put(vm.name(), vm.role()));
    recorded.forEach(vm -> roles.putIfAbsent(vm.vm(), vm.role()));
  }

  /**
   * VMs of these names and roles, those of castra.toml first and in its order; none if no name is
   * given.
   *
   * @throws CastraException with {@code VM_NOT_FOUND} if a name is neither a VM nor a role
   */
  List<VmName> named(List<String> names) {
    Set<String> known = new LinkedHashSet<>();
    roles.keySet().forEach(vm -> known.add(vm.value()));
    roles.values().forEach(role -> known.add(role.value()));
    for (String name : names) {
      if (!known.contains(name)) {
        throw new CastraException(
            ErrorCode.VM_NOT_FOUND,
            "There is no VM or role `" + name + "`.",
            "castra.toml and the record have: " + String.join(", ", known) + ".");
      }
    }
    return roles.keySet().stream()
        .filter(
            vm -> names.contains(vm.value()) || names.contains(roles.getOrDefault(vm, vm).value()))
        .toList();
  }
}
