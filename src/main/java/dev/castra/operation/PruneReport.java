package dev.castra.operation;

import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.store.HistoryStore;
import dev.castra.store.Leftovers;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was forgotten, or would be.
 *
 * @param runs oldest first for each VM
 * @param events of those runs and of the commands; 0 if nothing was deleted
 * @param commands that no run that is left speaks of
 * @param boots starts of VMs, likewise
 * @param disks that are gone, likewise
 * @param artifacts likewise
 */
public record PruneReport(
    List<Run> runs, int events, int commands, int boots, int disks, int artifacts) {
  public PruneReport {
    runs = List.copyOf(runs);
  }

  public record Run(RunId id, VmName vm, RunStatus status, Instant endedAt) {}

  static PruneReport of(List<HistoryStore.OldRun> runs) {
    return new PruneReport(
        runs.stream().map(run -> new Run(run.id(), run.vm(), run.status(), run.endedAt())).toList(),
        0,
        0,
        0,
        0,
        0);
  }

  PruneReport withEvents(int deleted) {
    return new PruneReport(runs, deleted, commands, boots, disks, artifacts);
  }

  PruneReport with(Leftovers.Commands swept, int oldBoots, int oldDisks, int oldArtifacts) {
    return new PruneReport(
        runs, events + swept.events(), swept.invocations(), oldBoots, oldDisks, oldArtifacts);
  }

  /** The JSON form. */
  public Map<String, @Nullable Object> fields() {
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
        "runs",
        runs.stream().map(PruneReport::fields).toList(),
        "events",
        events,
        "commands",
        commands,
        "boots",
        boots,
        "disks",
        disks,
        "artifacts",
        artifacts);
  }

  private static Map<String, @Nullable Object> fields(Run run) {
    return Fields.of(
        "run_id",
        run.id().value(),
        "vm",
        run.vm().value(),
        "status",
        run.status().id(),
        "ended_at",
        run.endedAt().toString());
  }
}
