package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.EventSink;
import dev.castra.project.Project;
import dev.castra.project.Retention;
import dev.castra.project.StateRoot;
import dev.castra.steplog.LogRemoval;
import dev.castra.store.HistoryStore;
import dev.castra.store.HistoryStore.OldRun;
import dev.castra.store.Leftovers;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Forgets runs beyond those that are to be kept: their rows, logs and reports. */
public final class Prune {
  private static final int AT_ONCE = 100;

  /** Readers of the event log, and people, have seen what is older than this. */
  private static final Duration SETTLED = Duration.ofHours(1);

  private final Project project;
  private final Host host;
  private final Retention retention;

  /**
   * @param retention what to keep, instead of what castra.toml says
   */
  public Prune(Project project, Host host, Retention retention) {
    this.project = project;
    this.host = host;
    this.retention = retention;
  }

  /**
   * Says what {@link #run} would do; changes nothing.
   *
   * @throws CastraException with {@code USAGE} if nothing says what to keep
   */
  public PruneReport plan(CommandLineInfo command) {
    requireLimit();
    if (!Files.exists(project.stateRoot().databaseFile())) {
      return PruneReport.of(List.of());
    }
    try (ProjectSession session = ProjectSession.look(project, host, command)) {
      return PruneReport.of(old(session.history()));
    }
  }

  /**
   * Deletes; may be repeated after any interruption, and while other commands work. Waits up to a
   * minute for another castra that does the same.
   *
   * @throws CastraException with {@code USAGE} if nothing says what to keep; with {@code BUSY} if
   *     the other castra does not come to an end
   */
  public PruneReport run(CommandLineInfo command) {
    requireLimit();
    if (!Files.exists(project.stateRoot().databaseFile())) {
      return PruneReport.of(List.of());
    }
    try (ProjectSession session = ProjectSession.begin(project, host, command, EventSink.NONE)) {
      PruneReport report = inTurn(session);
      session.end(0);
      return report;
    }
  }

  /** When no other castra is at it any more. */
  PruneReport inTurn(ProjectSession session) {
    try (PruneLock lock = PruneLock.await(session)) {
      return forget(session);
    }
  }

  /** As part of another command; does nothing if another castra is at it already. */
  PruneReport in(ProjectSession session) {
    Optional<PruneLock> lock = PruneLock.tryTake(session);
    if (lock.isEmpty()) {
      return PruneReport.of(List.of());
    }
    try (PruneLock held = lock.get()) {
      return forget(session);
    }
  }

  private PruneReport forget(ProjectSession session) {
    HistoryStore history = session.history();
    try {
      for (VmName vm : history.vms()) {
        for (LogRemoval files : files(vm)) {
          files.recover(history::isRecorded);
        }
      }
      List<OldRun> runs = old(history);
      int events = 0;
      for (int i = 0; i < runs.size(); i += AT_ONCE) {
        events += remove(history, runs.subList(i, Math.min(runs.size(), i + AT_ONCE)));
      }
      PruneReport report = PruneReport.of(runs).withEvents(events);
      Optional<Instant> cutoff = cutoff(runs);
      return cutoff.isEmpty() ? report : sweep(session, report, cutoff.get());
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.IO,
          "A file of an old run or boot cannot be removed: " + e.getMessage() + ".",
          "Check the permissions below `" + project.stateRoot().path() + "`, then run it again.",
          e);
    }
  }

  private int remove(HistoryStore history, List<OldRun> runs) throws IOException {
    for (OldRun run : runs) {
      for (LogRemoval files : files(run.vm())) {
        files.setAside(run.id());
      }
    }
    int events = history.delete(runs.stream().map(OldRun::id).toList());
    for (OldRun run : runs) {
      for (LogRemoval files : files(run.vm())) {
        files.finish(run.id());
      }
    }
    return events;
  }

  private PruneReport sweep(ProjectSession session, PruneReport report, Instant cutoff)
      throws IOException {
    HistoryStore history = session.history();
    Leftovers leftovers = session.leftovers();
    OldBoots boots = new OldBoots(project.stateRoot(), leftovers);
    for (VmName vm : history.vms()) {
      for (LogRemoval files : files(vm)) {
        files.deleteUnknown(history::isRecorded, cutoff);
      }
      boots.deleteUnknown(vm, cutoff);
    }
    Leftovers.Commands commands = leftovers.deleteCommands(cutoff);
    int oldBoots = boots.delete(cutoff);
    int disks = leftovers.deleteDisks(cutoff);
    leftovers.deleteImages(cutoff);
    int artifacts = leftovers.deleteArtifacts(leftovers.artifacts(cutoff));
    return report.with(commands, oldBoots, disks, artifacts);
  }

  private List<OldRun> old(HistoryStore history) {
    Instant since = keptSince().orElse(Instant.EPOCH);
    List<OldRun> runs = new ArrayList<>();
    for (VmName vm : history.vms()) {
      runs.addAll(history.old(vm, retention.keepRuns(), since));
    }
    return runs;
  }

  private Optional<Instant> keptSince() {
    return retention.keepDays().isPresent()
        ? Optional.of(
            host.clock().instant().minus(Duration.ofDays(retention.keepDays().getAsInt())))
        : Optional.empty();
  }

  /**
   * Commands older than this, or than a run that goes, are not worth keeping for themselves; but
   * what has just happened is not old, whatever else happened since.
   */
  private Optional<Instant> cutoff(List<OldRun> runs) {
    Instant settled = host.clock().instant().minus(SETTLED);
    Optional<Instant> newest = runs.stream().map(OldRun::endedAt).max(Instant::compareTo);
    return Stream.of(keptSince(), newest)
        .flatMap(Optional::stream)
        .max(Instant::compareTo)
        .map(cutoff -> cutoff.isBefore(settled) ? cutoff : settled);
  }

  private List<LogRemoval> files(VmName vm) {
    StateRoot root = project.stateRoot();
    return List.of(
        new LogRemoval(root.bootstrapLogs(vm)),
        LogRemoval.ofFiles(root.reports(), StateRoot.reportsOf(vm), StateRoot.REPORT_SUFFIX));
  }

  private void requireLimit() {
    if (retention.keepsAll()) {
      throw new CastraException(
          ErrorCode.USAGE,
          "Nothing says how much history to keep.",
          "Give --keep-runs or --keep-days, or set `keep_runs` or `keep_days` in `[history]`.");
    }
  }
}
