package dev.castra.store;

import dev.castra.vm.VmName;
import java.util.List;

/**
 * Which events to read.
 *
 * @param vms empty for all, also those about no VM
 * @param types empty for all
 */
public record EventFilter(List<VmName> vms, List<String> types) {
  public EventFilter {
    vms = List.copyOf(vms);
    types = List.copyOf(types);
  }
}
