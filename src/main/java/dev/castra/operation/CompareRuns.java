package dev.castra.operation;

import dev.castra.bootstrap.Manifest;
import dev.castra.bootstrap.ManifestEntry;
import dev.castra.error.CastraException;
import dev.castra.project.Project;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.store.RunHistory;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Sets two runs side by side, of one VM or of two. Takes no claim, changes nothing. */
public final class CompareRuns {
  private final Project project;
  private final Host host;

  public CompareRuns(Project project, Host host) {
    this.project = project;
    this.host = host;
  }

  /**
   * @throws CastraException with {@code RUN_NOT_FOUND} if there is no such run
   */
  public RunDiff of(long left, long right) {
    RunHistory older = ShowRun.find(project.stateRoot(), host, left);
    RunHistory newer = ShowRun.find(project.stateRoot(), host, right);
    Instant now = host.clock().instant();
    return new RunDiff(
        RunEntry.of(older.run(), now),
        RunEntry.of(newer.run(), now),
        older.foreign() && newer.foreign(),
        newer.manifest().differencesFrom(older.manifest()).stream()
            .map(CompareRuns::change)
            .toList(),
        steps(older, newer));
  }

  private static RunDiff.Change change(Manifest.Difference difference) {
    return new RunDiff.Change(
        difference.entry().kind().id(),
        difference.entry().name(),
        difference.before().map(CompareRuns::side),
        difference.after().map(CompareRuns::side));
  }

  private static RunDiff.Side side(ManifestEntry entry) {
    boolean tellable = entry.hasTellableContent();
    return new RunDiff.Side(
        entry.hasMode() ? Optional.of(entry.mode()) : Optional.empty(),
        tellable ? Optional.of(entry.sizeBytes()) : Optional.empty(),
        tellable ? Optional.of(entry.sha256()) : Optional.empty());
  }

  private static List<RunDiff.Step> steps(RunHistory older, RunHistory newer) {
    return Arrays.stream(StepKind.values())
        .map(kind -> new RunDiff.Step(kind.id(), taken(older, kind), taken(newer, kind)))
        .filter(step -> step.left().isPresent() || step.right().isPresent())
        .toList();
  }

  private static Optional<RunDiff.Taken> taken(RunHistory run, StepKind kind) {
    return run.steps().stream()
        .filter(step -> step.step() == kind)
        .findFirst()
        .map((StepRecord step) -> new RunDiff.Taken(step.status().id(), step.durationMs()));
  }
}
