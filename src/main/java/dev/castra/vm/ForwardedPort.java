package dev.castra.vm;

/**
 * A guest port reachable from the host.
 *
 * @param hostAddress address the host listens on, numeric, usually {@code 127.0.0.1}
 * @param hostPort 0 to 65535; 0 means that Castra picks one and remembers it
 * @param guestPort 1 to 65535
 */
public record ForwardedPort(String hostAddress, int hostPort, int guestPort, Protocol protocol) {
  public static final String LOOPBACK = "127.0.0.1";
  public static final int SSH_GUEST_PORT = 22;

  /** Transport of a forwarded port. */
  public enum Protocol {
    TCP,
    UDP;

    /** Lower-case name as used in castra.toml, JSON and QEMU options. */
    public String id() {
      return this == TCP ? "tcp" : "udp";
    }
  }

  public ForwardedPort {
    if (hostPort < 0 || hostPort > 65_535) {
      throw new IllegalArgumentException("Host port out of range: " + hostPort);
    }
    if (guestPort < 1 || guestPort > 65_535) {
      throw new IllegalArgumentException("Guest port out of range: " + guestPort);
    }
  }

  /** True for the forward that Castra itself connects through. */
  public boolean isSsh() {
    return guestPort == SSH_GUEST_PORT && protocol == Protocol.TCP;
  }

  public ForwardedPort withHostPort(int port) {
    return new ForwardedPort(hostAddress, port, guestPort, protocol);
  }
}
