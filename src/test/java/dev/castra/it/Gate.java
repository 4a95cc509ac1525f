package dev.castra.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A place where a bootstrap script stops until the test lets it go on: a port of the host that the
 * guest connects to. So "during apply" is a fact and no guess about time.
 */
final class Gate implements AutoCloseable {
  private static final int LIMIT_MS = 120_000;

  private final ServerSocket server;

  private Gate(ServerSocket server) {
    this.server = server;
  }

  static Gate create() throws IOException {
    ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    server.setSoTimeout(LIMIT_MS);
    return new Gate(server);
  }

  /** Shell command that waits here; the host's loopback is 10.0.2.2 in QEMU's user network. */
  String waiting() {
    // A pipe opened for both directions never ends; at the end of its input nc would leave.
    return "rm -f /tmp/gate; mkfifo /tmp/gate; busybox nc 10.0.2.2 "
        + server.getLocalPort()
        + " 0<>/tmp/gate >/dev/null";
  }

  /** Blocks until a script has come. */
  Visitor await() throws IOException {
    Socket socket = server.accept();
    socket.setSoTimeout(LIMIT_MS);
    return new Visitor(socket);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /** A script that waits. */
  record Visitor(Socket socket) {
    void letGo() throws IOException {
      socket.close();
    }

    /** Blocks until the script has gone although nobody let it go. */
    void awaitDeparture() throws IOException {
      socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
      socket.close();
    }
  }
}
