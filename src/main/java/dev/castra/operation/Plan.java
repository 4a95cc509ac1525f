package dev.castra.operation;

import dev.castra.bootstrap.Overrides;
import dev.castra.image.ImageFingerprint;
import dev.castra.project.Project;
import dev.castra.store.ProjectHistory;
import dev.castra.store.StampReader;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
   * In file order, of one moment of the record. Blocks while it hashes payloads, and base images
   * that no {@code up} has hashed, each once.
   *
   * @param names VMs and roles; empty for all
   * @throws dev.castra.error.CastraException if a name is unknown, the overrides contradict each
   *     other, or the database cannot be read
   */
  public List<Entry> of(Overrides overrides, List<String> names) throws InterruptedException {
    Preflight.requireUsable(project, overrides, names);
    ImageLooks images = new ImageLooks();
    Map<VmName, Forecast> forecasts = new LinkedHashMap<>();
    for (VmSpec vm : Selection.of(project, names)) {
      forecasts.put(vm.name(), Forecast.prepare(project, vm, overrides.modeFor(vm), host, images));
    }
    Map<VmName, Optional<ImageFingerprint>> fingerprints = new LinkedHashMap<>();
    forecasts.forEach((vm, forecast) -> fingerprints.put(vm, forecast.image()));
    ProjectHistory recorded =
        new StampReader(project.stateRoot(), host.ticker()).histories(fingerprints);
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<VmName, Forecast> forecast : forecasts.entrySet()) {
      entries.add(new Entry(forecast.getKey(), forecast.getValue().of(recorded)));
    }
    return entries;
  }
}
