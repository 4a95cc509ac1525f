package dev.castra.bootstrap.step;

import dev.castra.bootstrap.Connection;
import dev.castra.bootstrap.GuestAccess;
import dev.castra.error.CastraException;
import dev.castra.guest.ConnectionLost;
import dev.castra.guest.GuestPath;
import dev.castra.guest.RemoteJob;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Looks, while a step runs, whether its machine died or the user wants to stop. Then it ends what
 * the step runs in the guest, and the connection, on which the step notices.
 */
public final class StopWatcher {
  private static final Duration INTERVAL = Duration.ofMillis(200);
  private static final Duration GRACE = Duration.ofSeconds(3);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(65);

  private final GuestAccess access;
  private final Connection connection;
  private final Optional<GuestPath> job;
  private final AtomicReference<State> state = new AtomicReference<>(State.WATCHING);
  private final Thread thread = new Thread(this::watch, "castra-watch");

  private enum State {
    WATCHING,
    STOPPING,
    CLOSED
  }

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
    watcher.thread.setDaemon(true);
    watcher.thread.start();
    return watcher;
  }

  private void watch() {
    try {
      while (state.get() == State.WATCHING) {
        if (access.deathNotice().isPresent()) {
          connection.close();
          return;
        }
        if (access.cancelled().isPresent()) {
          if (state.compareAndSet(State.WATCHING, State.STOPPING)) {
            stop();
          }
          return;
        }
        access.ticker().sleep(INTERVAL);
      }
    } catch (InterruptedException | ConnectionLost | CastraException e) {
      connection.close();
    }
  }

  private void stop() throws ConnectionLost, InterruptedException {
    if (job.isPresent()) {
      new RemoteJob(connection.session(), job.get()).stop(GRACE);
    }
    connection.close();
  }

  /**
   * Watches no longer. A stop that has begun is waited for, at most 65 s: the step may notice its
   * script's end before the last process that the script started has been killed.
   */
  public void close() throws InterruptedException {
    if (!state.compareAndSet(State.WATCHING, State.CLOSED)) {
      thread.join(STOP_LIMIT.toMillis());
    }
  }
}
