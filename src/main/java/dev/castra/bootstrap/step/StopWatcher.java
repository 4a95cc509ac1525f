package dev.castra.bootstrap.step;

import dev.castra.bootstrap.Connection;
import dev.castra.bootstrap.GuestAccess;
import dev.castra.error.CastraException;
import dev.castra.guest.ConnectionLost;
import dev.castra.guest.GuestPath;
import dev.castra.guest.RemoteJob;
import java.time.Duration;

/**
 * Looks, while a script runs, whether its machine died or the user wants to stop. Then it ends the
 * script in the guest, or at least the connection, on which the step notices.
 */
final class StopWatcher implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(200);
  private static final Duration GRACE = Duration.ofSeconds(3);

  private final GuestAccess access;
  private final Connection connection;
  private final GuestPath folder;
  private volatile boolean done;

  private StopWatcher(GuestAccess access, Connection connection, GuestPath folder) {
    this.access = access;
    this.connection = connection;
    this.folder = folder;
  }

  static StopWatcher start(GuestAccess access, Connection connection, GuestPath folder) {
    StopWatcher watcher = new StopWatcher(access, connection, folder);
    Thread thread = new Thread(watcher::watch, "castra-watch-" + folder.value());
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
          new RemoteJob(connection.session(), folder).stop(GRACE);
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
