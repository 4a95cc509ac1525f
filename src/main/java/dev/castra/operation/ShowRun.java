package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.project.Project;
import dev.castra.project.StateRoot;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.steplog.RunLog;
import dev.castra.store.HistoryReader;
import dev.castra.store.RecordReads;
import dev.castra.store.RecordedRun;
import dev.castra.store.RunHistory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** Tells all there is to know of one run. Takes no claim, changes nothing. */
public final class ShowRun {
  private final StateRoot root;
  private final Host host;

  public ShowRun(Project project, Host host) {
    this(project.stateRoot(), host);
  }

  ShowRun(StateRoot root, Host host) {
    this.root = root;
    this.host = host;
  }

  /**
   * @throws CastraException with {@code RUN_NOT_FOUND} if there is no such run
   */
  public RunDetails of(long number) {
    return details(find(root, host, number));
  }

  RunDetails details(RunHistory history) {
    RecordedRun run = history.run();
    Instant now = host.clock().instant();
    return new RunDetails(
        RunEntry.of(run, now),
        run.errorCode(),
        run.hint(),
        run.disk(),
        run.boot(),
        history.command(),
        history.castraVersion(),
        history.foreign(),
        history.steps(),
        current(run, now),
        output(root, run).map(Path::toString),
        Optional.of(root.report(run.vm(), run.id().value()))
            .filter(Files::exists)
            .map(Path::toString),
        history.before().map(before -> before(history, before)));
  }

  static RunHistory find(StateRoot root, Host host, long number) {
    return find(RecordReads.of(root, host.ticker()), number);
  }

  static RunHistory find(RecordReads reads, long number) {
    return new HistoryReader(reads).run(new RunId(number)).orElseThrow(() -> noSuchRun(number));
  }

  static CastraException noSuchRun(long number) {
    return new CastraException(
        ErrorCode.RUN_NOT_FOUND,
        "There is no run " + number + ".",
        "`castra history` lists the runs of this project.");
  }

  private static Optional<RunDetails.CurrentStep> current(RecordedRun run, Instant now) {
    if (run.status() != RunStatus.RUNNING) {
      return Optional.empty();
    }
    Instant since = run.currentStepStartedAt().orElse(run.startedAt());
    long elapsedMs = Math.max(0, Duration.between(since, now).toMillis());
    return run.currentStep()
        .map(StepKind::id)
        .map(step -> new RunDetails.CurrentStep(step, since, elapsedMs));
  }

  /** The text log under the name that it has at this moment. */
  static Optional<Path> output(StateRoot root, RecordedRun run) {
    Path folder = root.bootstrapLogs(run.vm());
    Path unfinished = RunLog.unfinished(folder, run.id());
    // Once more at the end: it may get its final name between the first two looks.
    return Stream.of(unfinished, RunLog.textFile(folder, run.id()), unfinished)
        .filter(Files::exists)
        .findFirst();
  }

  private static RunDetails.Before before(RunHistory history, RunHistory.Before before) {
    RecordedRun earlier = before.run();
    return new RunDetails.Before(
        earlier.id(),
        earlier.status(),
        earlier.baseImageHash(),
        earlier.disk().equals(history.run().disk()),
        history.manifest().changesSince(before.manifest()));
  }
}
