package dev.castra.operation;

import dev.castra.bootstrap.Overrides;
import dev.castra.project.Project;
import dev.castra.store.DiskHistory;
import dev.castra.store.StampReader;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says what an {@code up} would do and why. Takes no claim, changes nothing, never enters a guest.
 */
public final class Plan {
  private final Project project;
  private final Host host;

  public Plan(Project project, Host host) {
    this.project = project;
    this.host = host;
  }

  /** What is to be expected of one VM. */
  public record Entry(VmName vm, StampExplanation.Next next) {
    public boolean isError() {
      return next.action().equals(Forecast.ERROR);
    }
  }

  /**
   * In file order. Blocks while it hashes payloads, and base images that no {@code up} has hashed.
   *
   * @param names VMs and roles; empty for all
   * @throws dev.castra.error.CastraException if a name is unknown, the overrides contradict each
   *     other, or the database cannot be read
   */
  public List<Entry> of(Overrides overrides, List<String> names) throws InterruptedException {
    Preflight.requireUsable(project, overrides, names);
    List<Entry> entries = new ArrayList<>();
    for (VmSpec vm : Selection.of(project, names)) {
      entries.add(new Entry(vm.name(), next(vm, overrides)));
    }
    return entries;
  }

  private StampExplanation.Next next(VmSpec vm, Overrides overrides) throws InterruptedException {
    Forecast forecast = Forecast.prepare(project, vm, overrides.modeFor(vm), host);
    Optional<DiskHistory> history =
        new StampReader(project.stateRoot(), host.ticker()).history(vm.name(), forecast.image());
    return forecast.of(history.orElse(DiskHistory.NONE));
  }
}
