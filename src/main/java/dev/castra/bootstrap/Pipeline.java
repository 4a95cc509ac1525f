package dev.castra.bootstrap;

import dev.castra.bootstrap.step.Apply;
import dev.castra.bootstrap.step.Connect;
import dev.castra.bootstrap.step.StepResult;
import dev.castra.bootstrap.step.StopWatcher;
import dev.castra.bootstrap.step.Transfer;
import dev.castra.bootstrap.step.Verify;
import dev.castra.bootstrap.step.WaitHandshake;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.guest.ConnectionLost;
import dev.castra.guest.GuestPath;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes one guest through the five steps and records each of them. Everything that can go wrong in
 * the guest ends as a recorded failure, and so does a journal that fails: it throws only if it
 * cannot record even that.
 */
public final class Pipeline {
  private final RunContext context;
  private final GuestAccess access;
  private final RunJournal journal;
  private final Clock clock;
  private final long startNanos;

  /** The last step that began. */
  private @Nullable StepKind current;

  private boolean leftRunning;

  public Pipeline(RunContext context, GuestAccess access, RunJournal journal, Clock clock) {
    this.context = context;
    this.access = access;
    this.journal = journal;
    this.clock = clock;
    this.startNanos = access.ticker().nanos();
  }

  /** How a run ended; the journal has it already. */
  public record Result(RunStatus status, Optional<RunFailure> failure) {}

  /** Runs the steps; blocks until the run has its final status. */
  public Result run() {
    Connection connection = new Connection(access);
    try {
      RunStatus status = takeSteps(connection);
      journal.completed(status, elapsedMs(startNanos));
      return new Result(status, Optional.empty());
    } catch (StepFailure e) {
      return failed(e);
    } catch (CastraException unwritableJournal) {
      return failed(StepFailure.of(unwritableJournal));
    } catch (InterruptedException e) {
      return failed(
          new StepFailure(ErrorCode.INTERRUPTED, "The run was interrupted.", "Run `castra up`."));
    } finally {
      connection.close();
    }
  }

  private RunStatus takeSteps(Connection connection) throws InterruptedException {
    Optional<GuestPath> none = Optional.empty();
    take(StepKind.WAIT_HANDSHAKE, () -> new WaitHandshake(context, access, connection).call());
    Connect.Found found =
        take(
            StepKind.CONNECT,
            watched(connection, none, () -> new Connect(context, connection).call()));
    take(
        StepKind.TRANSFER,
        watched(connection, none, () -> new Transfer(context, connection, found).call()));
    Optional<GuestPath> job = Optional.of(found.folder());
    Apply.Said said =
        take(
            StepKind.APPLY,
            watched(connection, job, () -> new Apply(context, access, connection, found).call()));
    take(
        StepKind.VERIFY,
        watched(connection, job, () -> new Verify(context, connection, found).call()));
    // A script may take the machine's shutdown for its end.
    refuseIfOver(wishToStop());
    return said.noop() ? RunStatus.NOOP : RunStatus.SUCCESS;
  }

  /** Ends the step, and what it runs in {@code job}, as soon as the user wants to stop. */
  private <T> Step<T> watched(Connection connection, Optional<GuestPath> job, Step<T> step) {
    return () -> {
      StopWatcher watcher = StopWatcher.start(access, connection, job);
      try {
        return step.call();
      } finally {
        watcher.close();
        leftRunning = watcher.leftRunning();
      }
    };
  }

  private interface Step<T> {
    StepResult<T> call() throws InterruptedException, ConnectionLost;
  }

  private <T> T take(StepKind kind, Step<T> step) throws InterruptedException {
    // Before it counts as begun: what ends here ends after the step before, not in this one.
    refuseIfOver(access.cancelled());
    current = kind;
    Instant startedAt = clock.instant();
    long start = access.ticker().nanos();
    journal.stepStarted(kind);
    StepResult<T> result;
    try {
      result = call(step);
    } catch (InterruptedException e) {
      journal.stepEnded(
          new StepRecord(kind, StepStatus.FAILED, startedAt, elapsedMs(start), "interrupted"));
      throw e;
    } catch (StepFailure | CastraException | ConnectionLost e) {
      StepFailure failure = explain(e);
      journal.stepEnded(
          new StepRecord(kind, StepStatus.FAILED, startedAt, elapsedMs(start), failure.error()));
      throw failure;
    }
    StepStatus status = result.skipped() ? StepStatus.SKIPPED : StepStatus.SUCCESS;
    journal.stepEnded(new StepRecord(kind, status, startedAt, elapsedMs(start), result.detail()));
    return result.value();
  }

  /**
   * A defect in a step fails its run like anything else, so that the run has its end and its log.
   */
  private static <T> StepResult<T> call(Step<T> step) throws InterruptedException, ConnectionLost {
    try {
      return step.call();
    } catch (StepFailure | CastraException known) {
      throw known;
    } catch (RuntimeException defect) {
      throw new StepFailure(
          ErrorCode.BOOTSTRAP_FAILED,
          "This is a defect in Castra: " + defect + ".",
          "Please report it with the run's log, then run `castra up` again.");
    }
  }

  /** What looks like a broken connection may be a stopped VM or a user who has had enough. */
  private StepFailure explain(Exception e) {
    Optional<String> wish = wishToStop();
    if (wish.isPresent()) {
      return interruption(wish.get());
    }
    if (e instanceof StepFailure failure) {
      return failure;
    }
    Optional<String> death = death(e);
    if (death.isPresent()) {
      return new StepFailure(
          ErrorCode.GUEST_FAILED,
          death.get(),
          "Read the QEMU and serial logs there, then run `castra up` again.");
    }
    if (e instanceof CastraException known) {
      return StepFailure.of(known);
    }
    return new StepFailure(
        ErrorCode.GUEST_FAILED,
        String.valueOf(e.getMessage()),
        "Check the guest's network and its SSH server, then run `castra up` again.");
  }

  private Optional<String> death(Exception e) {
    try {
      return e instanceof ConnectionLost ? access.deathNoticeAfterLoss() : access.deathNotice();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private Optional<String> wishToStop() {
    return access.cancelled().or(access::stopRequest);
  }

  private void refuseIfOver(Optional<String> wish) {
    wish.ifPresent(
        reason -> {
          throw interruption(reason);
        });
  }

  private StepFailure interruption(String reason) {
    return new StepFailure(
        ErrorCode.INTERRUPTED,
        "The run was " + reason + ".",
        leftRunning
            ? "What it started may still run in the guest, which could not be told to stop it."
                + " `castra up` takes it over or stops it."
            : "Run `castra up` to go on.");
  }

  private Result failed(StepFailure failure) {
    RunFailure recorded =
        new RunFailure(
            Optional.ofNullable(current),
            failure.code(),
            failure.error(),
            failure.hint(),
            failure.unanswered());
    journal.failed(recorded.status(), recorded, elapsedMs(startNanos));
    return new Result(recorded.status(), Optional.of(recorded));
  }

  private long elapsedMs(long sinceNanos) {
    return (access.ticker().nanos() - sinceNanos) / 1_000_000;
  }
}
