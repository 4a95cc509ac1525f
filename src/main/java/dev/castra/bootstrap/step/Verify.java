package dev.castra.bootstrap.step;

import dev.castra.bootstrap.Connection;
import dev.castra.bootstrap.RunContext;
import dev.castra.bootstrap.StepFailure;
import dev.castra.error.ErrorCode;
import dev.castra.guest.ConnectionLost;
import dev.castra.guest.RemoteCommand;
import dev.castra.guest.RemoteJob;
import dev.castra.guest.RemoteResult;
import dev.castra.vm.BootstrapSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks what the script was to achieve, then removes the env values from the guest's disk. */
public final class Verify {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration SYNC_LIMIT = Duration.ofMinutes(10);

  private final RunContext context;
  private final Connection connection;
  private final Connect.Found found;

  public Verify(RunContext context, Connection connection, Connect.Found found) {
    this.context = context;
    this.connection = connection;
    this.found = found;
  }

  public StepResult<Connect.Found> call() throws ConnectionLost, InterruptedException {
    StepResult<Connect.Found> result;
    try {
      result = verify();
    } finally {
      EnvFile.remove(connection, found.folder());
    }
    flush();
    return result;
  }

  /** What the stamp will promise must survive the loss of the guest's memory. */
  private void flush() throws ConnectionLost, InterruptedException {
    RemoteResult result = connection.session().exec(RemoteCommand.of("sync"), SYNC_LIMIT);
    if (!result.succeeded()) {
      throw new StepFailure(
          ErrorCode.GUEST_FAILED,
          "`sync` in the guest ended with " + result.ending() + ", so its disk may be incomplete.",
          "Check the guest's disk and its free space, then run `castra up` again.");
    }
  }

  private StepResult<Connect.Found> verify() throws ConnectionLost, InterruptedException {
    BootstrapSpec spec = context.artifact().spec();
    List<String> checked = new ArrayList<>();
    if (spec.verifyCommand().isPresent()) {
      command(spec.verifyCommand().get(), spec.applyTimeout());
      checked.add("command");
    }
    if (spec.verifyPath().isPresent()) {
      path(spec.verifyPath().get());
      checked.add("path");
    }
    return checked.isEmpty()
        ? StepResult.skipped(found, "nothing to verify")
        : StepResult.done(found, String.join(" and ", checked));
  }

  private void command(String command, Duration limit) throws ConnectionLost, InterruptedException {
    RemoteJob job = new RemoteJob(connection.session(), found.folder());
    Optional<RemoteResult> result = job.verify(command, context.output(), limit);
    if (result.isEmpty()) {
      ScriptStop.call(job, "The verify command did not end in time, and");
      throw new StepFailure(
          ErrorCode.BOOTSTRAP_FAILED,
          "The verify command did not end within " + limit.toSeconds() + " s and was stopped.",
          "Raise `apply_timeout_secs`, or find out from the log what it waits for.");
    }
    if (!result.get().succeeded()) {
      throw new StepFailure(
          ErrorCode.BOOTSTRAP_FAILED,
          "The verify command ended with " + result.get().ending() + ".",
          "Read its output in the log; the script ran but did not achieve what it should.");
    }
  }

  private void path(String path) throws ConnectionLost, InterruptedException {
    if (!connection.session().exec(RemoteCommand.of("test", "-e", path), LIMIT).succeeded()) {
      throw new StepFailure(
          ErrorCode.BOOTSTRAP_FAILED,
          "`" + path + "` does not exist in the guest after the script.",
          "Read the script's output in the log, or correct `verify_path`.");
    }
  }
}
