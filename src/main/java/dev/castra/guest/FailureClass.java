package dev.castra.guest;

/** How far the last try of a handshake came, in the order of its steps. */
public enum FailureClass {
  /** Nothing accepted the TCP connection. */
  REFUSED("refused"),
  /** Connected, but no SSH server spoke. QEMU's user network accepts for a guest that is not up. */
  NO_BANNER("no banner"),
  KEY_EXCHANGE("key exchange"),
  /** Another machine answered. */
  HOST_KEY("host key"),
  /** The guest does not know the key, or not yet. */
  AUTH("auth"),
  /** Authenticated, but {@code true} did not run. */
  SHELL("shell"),
  /** The guest's process is gone, so no further try was made. */
  GUEST_DIED("guest died");

  private final String label;

  FailureClass(String label) {
    this.label = label;
  }

  /** Stable, kebab-case. */
  public String id() {
    return label.replace(' ', '-');
  }

  /** True if the guest's SSH server has answered, whatever came of it. */
  boolean serverSpoke() {
    return this != REFUSED && this != NO_BANNER && this != GUEST_DIED;
  }

  /** For messages and logs. */
  public String label() {
    return label;
  }
}
