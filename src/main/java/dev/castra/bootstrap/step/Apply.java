package dev.castra.bootstrap.step;

import dev.castra.bootstrap.Connection;
import dev.castra.bootstrap.GuestAccess;
import dev.castra.bootstrap.RunContext;
import dev.castra.bootstrap.StepFailure;
import dev.castra.error.ErrorCode;
import dev.castra.guest.ConnectionLost;
import dev.castra.guest.JobProgress;
import dev.castra.guest.RemoteJob;
import dev.castra.process.Deadline;
import java.time.Duration;

/**
 * Runs the script, detached in the guest: a connection that breaks is made again and the output
 * goes on where it stopped.
 */
public final class Apply {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final RunContext context;
  private final GuestAccess access;
  private final Connection connection;
  private final Connect.Found found;
  private final GuestMarkers markers;

  public Apply(RunContext context, GuestAccess access, Connection connection, Connect.Found found) {
    this.context = context;
    this.access = access;
    this.connection = connection;
    this.found = found;
    this.markers = new GuestMarkers(context.output());
  }

  /**
   * What the script said.
   *
   * @param noop that there was nothing to do
   */
  public record Said(boolean noop) {}

  public StepResult<Said> call() throws ConnectionLost, InterruptedException {
    Deadline deadline = Deadline.after(access.ticker(), context.artifact().spec().applyTimeout());
    start(deadline);
    JobProgress progress = follow(deadline);
    try {
      return judge(progress);
    } catch (StepFailure e) {
      // The script is over and nothing will verify it; one that may still run keeps its env.
      EnvFile.remove(connection, found.folder());
      throw e;
    }
  }

  /** Starting is safe to repeat: the guest remembers. */
  private void start(Deadline deadline) throws ConnectionLost, InterruptedException {
    try {
      job().start(START_LIMIT);
    } catch (ConnectionLost e) {
      connection.renew(deadline.remaining(), e);
      job().start(START_LIMIT);
    }
  }

  private JobProgress follow(Deadline deadline) throws ConnectionLost, InterruptedException {
    long offset = 0;
    while (true) {
      JobProgress progress = job().follow(offset, markers, deadline.remaining());
      if (!(progress instanceof JobProgress.Disconnected disconnected)) {
        return progress;
      }
      if (access.cancelled().isPresent() || access.deathNotice().isPresent()) {
        throw disconnected.cause();
      }
      offset = disconnected.offset();
      connection.renew(deadline.remaining(), disconnected.cause());
    }
  }

  private StepResult<Said> judge(JobProgress progress) throws ConnectionLost, InterruptedException {
    markers.endLine();
    if (progress instanceof JobProgress.Ended ended) {
      return judge(ended);
    }
    if (progress instanceof JobProgress.Vanished vanished) {
      throw new StepFailure(
          ErrorCode.BOOTSTRAP_FAILED,
          "The script disappeared: " + vanished.reason() + ".",
          "Look at the log and at the guest's kernel messages, then run `castra up` again.");
    }
    ScriptStop.call(job(), "The script did not end in time, and");
    throw new StepFailure(
        ErrorCode.BOOTSTRAP_FAILED,
        "The script did not end within "
            + context.artifact().spec().applyTimeout().toSeconds()
            + " s and was stopped.",
        "Raise `apply_timeout_secs`, or find out from the log what it waits for.");
  }

  private StepResult<Said> judge(JobProgress.Ended ended) {
    if (markers.error().isPresent()) {
      throw new StepFailure(
          ErrorCode.BOOTSTRAP_FAILED,
          "The script reported: " + markers.error().get(),
          "Mend what it names, then run `castra up` again.");
    }
    if (ended.exitCode() != 0) {
      throw new StepFailure(
          ErrorCode.BOOTSTRAP_FAILED,
          "The script ended with exit status " + ended.exitCode() + ".",
          "Read its output in the log, mend the script, then run `castra up` again.");
    }
    String detail = ended.offset() + " bytes of output";
    return StepResult.done(
        new Said(markers.noop()), markers.noop() ? detail + ", nothing to do" : detail);
  }

  private RemoteJob job() {
    return new RemoteJob(connection.session(), found.folder());
  }
}
