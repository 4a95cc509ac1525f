package dev.castra.qemu;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.vm.BootId;
import dev.castra.vm.ForwardedPort;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Asks the host for free ports. Nothing can be reserved for QEMU, so what is free here may be taken
 * a moment later: see {@link LaunchResult.PortTaken}.
 */
public final class HostPorts {
  /** In what the system says when somebody else listens there. */
  private static final String IN_USE = "in use";

  private static final int MOST_TRIES = 200;

  /** QEMU parses a forward's address with {@code inet_aton}; there is no IPv6 (as of 7.2). */
  private static final Pattern IPV4 = Pattern.compile("(\\d{1,3}\\.){3}\\d{1,3}");

  private HostPorts() {}

  /**
   * A port that was free just now, chosen by the system.
   *
   * @param exclude ports that other VMs are going to use
   * @throws CastraException with {@code PORT_TAKEN} if there is none
   */
  public static int pick(String address, ForwardedPort.Protocol protocol, Set<Integer> exclude) {
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      try {
        int port = bind(address, 0, protocol);
        if (!exclude.contains(port)) {
          return port;
        }
      } catch (IOException e) {
        throw noneFree(address, protocol, String.valueOf(e.getMessage()));
      }
    }
    throw noneFree(address, protocol, "all that were tried are spoken for");
  }

  /**
   * Why QEMU could not listen on this port now, as part of a sentence, such as "Address already in
   * use by process 17 (`nginx`)"; empty if it could. A TCP port is not taken by asking: a QEMU that
   * wants it in this very moment gets it.
   *
   * @param port 1 to 65535
   */
  public static Optional<String> obstacle(
      String address, int port, ForwardedPort.Protocol protocol) {
    try {
      probe(address, port, protocol);
      return Optional.empty();
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      return Optional.of(why.contains(IN_USE) ? why + byWhom(address, port, protocol) : why);
    }
  }

  /**
   * As {@link #obstacle} where somebody listens there, found out without taking the port for a
   * moment: what is in the way for another reason is not noticed. Knows nothing where there is no
   * proc(5).
   */
  public static Optional<String> listener(
      String address, int port, ForwardedPort.Protocol protocol) {
    return PortHolder.isTaken(address, port, protocol)
        ? Optional.of("Address already in use" + byWhom(address, port, protocol))
        : Optional.empty();
  }

  /** Who has the port, as the end of a sentence, such as " by process 17 (`nginx`)", or nothing. */
  public static String byWhom(String address, int port, ForwardedPort.Protocol protocol) {
    return PortHolder.describe(address, port, protocol).map(holder -> " by " + holder).orElse("");
  }

  /** Whether the QEMU of this boot has the port, also while it has not written its pid file yet. */
  public static boolean isHeldBy(
      BootId boot, String address, int port, ForwardedPort.Protocol protocol) {
    return PortHolder.is(boot, address, port, protocol);
  }

  /**
   * Binds without listening. Two sockets that may reuse an address are bound to one port side by
   * side until one of them listens (tcp(7), socket(7)), so that this one is in nobody's way.
   */
  private static void probe(String address, int port, ForwardedPort.Protocol protocol)
      throws IOException {
    if (protocol == ForwardedPort.Protocol.UDP) {
      bind(address, port, protocol);
      return;
    }
    try (Socket socket = new Socket()) {
      socket.setReuseAddress(true);
      socket.bind(end(address, port));
    }
  }

  private static InetSocketAddress end(String address, int port) throws IOException {
    if (!IPV4.matcher(address).matches()) {
      throw new IOException("QEMU forwards from IPv4 addresses only");
    }
    return new InetSocketAddress(InetAddress.getByName(address), port);
  }

  private static int bind(String address, int port, ForwardedPort.Protocol protocol)
      throws IOException {
    InetSocketAddress end = end(address, port);
    if (protocol == ForwardedPort.Protocol.UDP) {
      try (DatagramSocket socket = new DatagramSocket(end)) {
        return socket.getLocalPort();
      }
    }
    try (ServerSocket socket = new ServerSocket()) {
      // As QEMU does: a connection that is still winding down does not block the port.
      socket.setReuseAddress(true);
      socket.bind(end);
      return socket.getLocalPort();
    }
  }

  private static CastraException noneFree(
      String address, ForwardedPort.Protocol protocol, String why) {
    return new CastraException(
        ErrorCode.PORT_TAKEN,
        "No free " + protocol.id() + " port on `" + address + "`: " + why + ".",
        "Check the host address, or name a host port.");
  }
}
