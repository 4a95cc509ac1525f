package dev.castra.project;

import static dev.castra.project.Backticks.quote;

import dev.castra.vm.VmName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps names unambiguous: no two VMs share one, and no VM has the name of another entry's role,
 * because the command line accepts both.
 */
final class VmNames {
  private final ConfigProblems problems;
  private final Map<String, VmEntry> owners = new HashMap<>();

  private VmNames(ConfigProblems problems) {
    this.problems = problems;
  }

  static void check(List<VmEntry> entries, ConfigProblems problems) {
    VmNames names = new VmNames(problems);
    entries.stream().filter(entry -> entry.role().isPresent()).forEach(names::add);
  }

  private void add(VmEntry entry) {
    rejectTooLong(entry);
    firstTaken(entry).ifPresent(name -> rejectTaken(entry, name));
    namesOf(entry).forEach(name -> owners.putIfAbsent(name, entry));
  }

  private void rejectTooLong(VmEntry entry) {
    String longest = entry.vmName(entry.replicas() - 1);
    if (!VmName.isValid(longest)) {
      problems.add(
          entry.position(),
          "`count` makes a VM name of %d letters from %s; 63 are allowed."
              .formatted(longest.length(), quote(entry.label())));
    }
  }

  private Optional<String> firstTaken(VmEntry entry) {
    return namesOf(entry).filter(owners::containsKey).findFirst();
  }

  private void rejectTaken(VmEntry entry, String name) {
    VmEntry owner = owners.getOrDefault(name, entry);
    problems.add(
        entry.position(),
        "The name %s is used twice: here and by %s at line %d."
            .formatted(quote(name), quote(owner.label()), owner.position().line()));
  }

  private static Stream<String> namesOf(VmEntry entry) {
    return Stream.concat(entry.role().stream(), entry.vmNames().stream());
  }
}
