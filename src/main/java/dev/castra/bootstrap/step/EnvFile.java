package dev.castra.bootstrap.step;

import dev.castra.bootstrap.Connection;
import dev.castra.error.CastraException;
import dev.castra.guest.ConnectionLost;
import dev.castra.guest.GuestPath;
import dev.castra.guest.RemoteCommand;
import java.time.Duration;

/** The env values in a run's folder, which are secrets and needed no longer than the run lasts. */
final class EnvFile {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private EnvFile() {}

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
