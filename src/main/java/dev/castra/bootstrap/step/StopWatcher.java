package dev.castra.bootstrap.step;

import dev.castra.bootstrap.Connection;
import dev.castra.bootstrap.GuestAccess;
import dev.castra.error.CastraException;
import dev.castra.guest.ConnectionLost;
import dev.castra.guest.GuestPath;
import dev.castra.guest.GuestSession;
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
  private static final Duration RECONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(75);

  private final GuestAccess access;
  private final Connection connection;
  private final Optional<GuestPath> job;
  private final AtomicReference<State> state = new AtomicReference<>(State.WATCHING);
  private final Thread thread = new Thread(this::watch, "castra-watch");

  private volatile boolean leftRunning;

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
      leftRunning = true;
      leftRunning = stop(job.get()) == RemoteJob.Stop.SURVIVED;
    }
    connection.close();
  }

  /** A connection that is cut at this moment is made again: the guest knows of no Ctrl-C. */
  private RemoteJob.Stop stop(GuestPath folder) throws ConnectionLost, InterruptedException {
    try {
      return new RemoteJob(connection.session(), folder).stop(GRACE);
    } catch (ConnectionLost cut) {
      try (GuestSession another = access.reconnectToStop(RECONNECT_LIMIT).orElseThrow(() -> cut)) {
        return new RemoteJob(another, folder).stop(GRACE);
      }
    }
  }

  /**
   * True if something of the job may still run although the user wanted to stop; final once this is
   * closed.
   */
  public boolean leftRunning() {
    return leftRunning;
  }

  /**
   * Watches no longer. A stop that has begun is waited for, at most 75 s: the step may notice its
   * script's end before the last process that the script started has been killed.
   */
  public void close() throws InterruptedException {
    if (!state.compareAndSet(State.WATCHING, State.CLOSED)) {
      thread.join(STOP_LIMIT.toMillis());
    }
  }
}
