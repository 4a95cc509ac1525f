package dev.castra.bootstrap.step;

import dev.castra.bootstrap.Connection;
import dev.castra.bootstrap.StepFailure;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.guest.ConnectionLost;
import dev.castra.guest.GuestPath;
import dev.castra.guest.RemoteCommand;
import dev.castra.guest.RemoteJob;
import dev.castra.guest.RemoteResult;
import dev.castra.guest.TarEntrySource;
import java.time.Duration;
import java.util.Map;

/** The env values in a run's folder, which are secrets and needed no longer than the run lasts. */
final class EnvFile {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** By a rename, since a script that is being started may be reading. */
  private static final String RESTORE = "umask 077; cat >\"$1.new\" && mv \"$1.new\" \"$1\"";

  private EnvFile() {}

  /** Puts the variables where they were, whether or not they still are. */
  static void restore(Connection connection, GuestPath folder, Map<String, String> variables)
      throws ConnectionLost, InterruptedException {
    TarEntrySource.File file = RemoteJob.environment(variables);
    RemoteResult result =
        connection
            .session()
            .exec(
                RemoteCommand.script(RESTORE, folder.resolve("env.sh").value())
                    .withStdin(out -> file.content().writeTo(out)),
                LIMIT);
    if (!result.succeeded()) {
      throw new StepFailure(
          ErrorCode.GUEST_FAILED,
          "The variables cannot be written in the guest: " + result.ending() + ".",
          "Check the guest's free space, then run `castra up` again.");
    }
  }

  /**
   * Best effort: the file is 0600 in a 0700 folder, and goes with the folder before the next run.
   */
  static void remove(Connection connection, GuestPath folder) throws InterruptedException {
    try {
      String file = folder.resolve("env.sh").value();
      connection.session().exec(RemoteCommand.of("rm", "-f", file), LIMIT);
    } catch (ConnectionLost | CastraException e) {
      return;
    }
  }
}
