package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.event.CastraEvent;
import dev.castra.event.Outcome;
import dev.castra.process.Deadline;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.store.HistoryReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Writes the report of a run that failed, as far as that can be done: whatever goes wrong becomes a
 * warning, and the outcome of the run stays what it is.
 */
final class FailureReport {
  /** A disk on which it takes longer has other troubles. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final long LOOK_MS = 25;

  private final UpContext context;
  private final ProjectSession session;
  private final AtomicBoolean unwanted = new AtomicBoolean();

  FailureReport(UpContext context) {
    this.context = context;
    this.session = context.session();
  }

  /**
   * The outcome with the report named, if its run failed and there could be one. Returns at once if
   * the user wants to stop.
   */
  Outcome of(Outcome outcome) throws InterruptedException {
    if (!outcome.failed() || outcome.run().isEmpty() || context.cancellation().requested()) {
      return outcome;
    }
    RunId run = outcome.run().get();
    FutureTask<Optional<Path>> task = new FutureTask<>(() -> write(run));
    Thread thread = new Thread(task, "castra-report-" + outcome.vm());
    thread.setDaemon(true);
    thread.start();
    try {
      return await(task).map(file -> outcome.withReport(file.toString())).orElse(outcome);
    } catch (ExecutionException e) {
      warn(outcome, reason(e.getCause()));
      return outcome;
    } catch (TimeoutException e) {
      warn(outcome, "it was not written within " + LIMIT.toSeconds() + " s");
      return outcome;
    } finally {
      unwanted.set(true);
    }
  }

  private static String reason(@Nullable Throwable cause) {
    return cause instanceof CastraException known
        ? String.valueOf(known.getMessage())
        : "this is a defect in Castra: " + cause;
  }

  private Optional<Path> await(FutureTask<Optional<Path>> task)
      throws InterruptedException, ExecutionException, TimeoutException {
    Deadline deadline = Deadline.after(session.host().ticker(), LIMIT);
    while (!context.cancellation().requested()) {
      try {
        return task.get(LOOK_MS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (deadline.passed()) {
          throw e;
        }
      }
    }
    return Optional.empty();
  }

  /** Empty if the run did not fail but was interrupted. */
  private Optional<Path> write(RunId run) {
    boolean failed =
        new HistoryReader(session.reads())
            .row(run)
            .filter(row -> row.status() == RunStatus.FAILED)
            .isPresent();
    if (!failed) {
      return Optional.empty();
    }
    return Optional.of(
        new WriteReport(
                session.project().configFile(),
                session.project(),
                session.reads(),
                session.host(),
                session.castraVersion(),
                this::refuseIfUnwanted)
            .write(Optional.of(run.value()), Optional.empty())
            .file());
  }

  private void refuseIfUnwanted() {
    if (unwanted.get()) {
      throw new Unwanted();
    }
  }

  /** Nobody waits for the report any more. */
  private static final class Unwanted extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private void warn(Outcome outcome, String why) {
    String message =
        "run " + outcome.run().map(RunId::toString).orElse("") + " has no report: " + why;
    try {
      session
          .events()
          .publish(
              new CastraEvent.Diagnostic(
                  Optional.of(outcome.vm()), "warning", "report-not-written", message));
    } catch (CastraException databaseGone) {
      // The outcome says what matters.
    }
  }
}
