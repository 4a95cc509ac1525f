package dev.castra.bootstrap;

import dev.castra.error.CastraBug;
import dev.castra.guest.ConnectionLost;
import dev.castra.guest.GuestSession;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The one session that all steps of a run share, replaced when it breaks. */
public final class Connection implements AutoCloseable {
  private final GuestAccess access;
  private volatile @Nullable GuestSession session;

  public Connection(GuestAccess access) {
    this.access = access;
  }

  /** Takes over a session that the handshake opened. */
  public void use(GuestSession opened) {
    close();
    session = opened;
  }

  /** The present session, possibly broken. */
  public GuestSession session() {
    GuestSession present = session;
    if (present == null) {
      throw new CastraBug("a step needs the guest before the handshake");
    }
    return present;
  }

  /**
   * Connects again.
   *
   * @throws ConnectionLost if that does not succeed within {@code limit}; {@code cause} says how
   */
  public void renew(Duration limit, ConnectionLost cause)
      throws ConnectionLost, InterruptedException {
    use(access.reconnect(limit).orElseThrow(() -> cause));
  }

  @Override
  public void close() {
    GuestSession present = session;
    if (present != null) {
      present.close();
    }
  }
}
