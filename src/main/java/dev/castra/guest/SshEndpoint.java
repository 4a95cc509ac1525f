package dev.castra.guest;

/**
 * Where a guest's SSH server answers.
 *
 * @param host address or name, usually {@code 127.0.0.1}
 * @param port 1 to 65535
 * @param user account in the guest
 */
public record SshEndpoint(String host, int port, String user) {
  public SshEndpoint {
    if (host.isBlank() || user.isBlank()) {
      throw new IllegalArgumentException("An SSH endpoint needs a host and a user.");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("SSH port out of range: " + port);
    }
  }

  /** Host and port, as messages show it. */
  public String address() {
    return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
  }
}
