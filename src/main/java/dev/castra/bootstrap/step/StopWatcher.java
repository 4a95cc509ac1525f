package dev.castra.bootstrap.step;

import dev.castra.bootstrap.Connection;
import dev.castra.bootstrap.GuestAccess;
import dev.castra.error.CastraException;
import dev.castra.guest.ConnectionLost;
import dev.castra.guest.GuestPath;
import dev.castra.guest.RemoteJob;
import java.time.Duration;
import java.util.Optional;

/**
 * Looks, while a step runs, whether its machine died or the user wants to stop. Then it ends what
 * the step runs in the guest, and the connection, on which the step notices.
 */
public final class StopWatcher implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(200);
  private static final Duration GRACE = Duration.ofSeconds(3);

  private final GuestAccess access;
  private final Connection connection;
  private final Optional<GuestPath> job;
  private volatile boolean done;

  private StopWatcher(GuestAccess access, Connection connection, Optional<GuestPath> job) {
    this.access = access;
    this.connection = connection;
    this.job = job;
  }

  /**
   * Watches until it is closed.
   *
   * @param job run folder of what the step runs in the guest, if it runs anything of the user's
   */
  public static StopWatcher start(
      GuestAccess access, Connection connection, Optional<GuestPath> job) {
    StopWatcher watcher = new StopWatcher(access, connection, job);
    Thread thread = new Thread(watcher::watch, "castra-watch");
    thread.setDaemon(true);
    thread.start();
    return watcher;
  }

  private void watch() {
    try {
      while (!done) {
        if (access.deathNotice().isPresent()) {
          connection.close();
          return;
        }
        if (access.cancelled().isPresent()) {
          if (job.isPresent()) {
            new RemoteJob(connection.session(), job.get()).stop(GRACE);
          }
          connection.close();
          return;
        }
        access.ticker().sleep(INTERVAL);
      }
    } catch (InterruptedException | ConnectionLost | CastraException e) {
      connection.close();
    }
  }

  @Override
  public void close() {
    done = true;
  }
}
