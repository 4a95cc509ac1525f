package dev.castra.operation;

import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Listens on a loopback port that it prints, until its input ends; its arguments are only there to
 * be seen on its command line.
 */
final class ListeningChild {
  private ListeningChild() {}

  public static void main(String[] arguments) throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      System.out.println(socket.getLocalPort());
      while (System.in.read() >= 0) {
        // What is said does not matter, only that nobody says more.
      }
    }
  }
}
