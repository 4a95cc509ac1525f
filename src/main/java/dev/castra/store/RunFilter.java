package dev.castra.store;

import dev.castra.run.RunStatus;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which runs to list.
 *
 * @param vms empty for all
 * @param since only runs that started then or later
 * @param limit at least 1
 */
public record RunFilter(
    List<VmName> vms, Optional<RunStatus> status, Optional<Instant> since, int limit) {
  public RunFilter {
    vms = List.copyOf(vms);
  }
}
