package dev.castra.guest;

import org.jspecify.annotations.Nullable;

/**
 * The connection broke while something ran in the guest, so nobody knows how that ended; the caller
 * may connect again and look.
 */
public final class ConnectionLost extends Exception {
  private static final long serialVersionUID = 1L;

  public ConnectionLost(String awaited, @Nullable Throwable cause) {
    super("The SSH connection was lost while waiting for " + awaited + ".", cause);
  }
}
