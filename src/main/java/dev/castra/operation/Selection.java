package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.project.Project;
import dev.castra.vm.VmSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** VMs named on the command line, by their own name or by their role's. */
final class Selection {
  private Selection() {}

  /** In file order; all if no name is given. */
  static List<VmSpec> of(Project project, List<String> names) {
    return names.isEmpty()
        ? project.vms()
        : project.vms().stream()
            .filter(vm -> names.contains(vm.name().value()) || names.contains(vm.role().value()))
            .toList();
  }

  /** The VM of exactly this name, if castra.toml has it. */
  static Optional<VmSpec> vm(Project project, String name) {
    return project.vms().stream().filter(vm -> vm.name().value().equals(name)).findFirst();
  }

  /** For a command that takes one VM and was given a name that is none, or a role of several. */
  static CastraException noSuchVm(Project project, String name) {
    List<String> ofRole = names(of(project, List.of(name)));
    return ofRole.isEmpty()
        ? new CastraException(
            ErrorCode.VM_NOT_FOUND,
            "There is no VM `" + name + "`.",
            "castra.toml has: " + String.join(", ", names(project.vms())) + ".")
        : new CastraException(
            ErrorCode.VM_NOT_FOUND,
            "`" + name + "` is a role, and no VM.",
            "Name one of its VMs: " + String.join(", ", ofRole) + ".");
  }

  private static List<String> names(List<VmSpec> vms) {
    return vms.stream().map(vm -> vm.name().value()).toList();
  }

  /**
   * @throws CastraException with {@code VM_NOT_FOUND} if a name is neither a VM nor a role
   */
  static void require(Project project, List<String> names) {
    Optional<CastraException> unknown = unknown(project, names);
    if (unknown.isPresent()) {
      throw unknown.get();
    }
  }

  /** What to say of the names that are neither a VM's nor a role's; empty if there are none. */
  static Optional<CastraException> unknown(Project project, List<String> names) {
    Set<String> known = new LinkedHashSet<>();
    project.vms().forEach(vm -> known.add(vm.name().value()));
    project.vms().forEach(vm -> known.add(vm.role().value()));
    List<String> unknown = names.stream().filter(name -> !known.contains(name)).distinct().toList();
    return unknown.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new CastraException(
                ErrorCode.VM_NOT_FOUND,
                "There is no VM or role `" + String.join("` or `", unknown) + "`.",
                "castra.toml has: " + String.join(", ", known) + "."));
  }
}
