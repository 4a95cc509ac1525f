package dev.castra.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.vm.ForwardedPort.Protocol;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class HostPortsTest {
  private static final String LOOPBACK = Machine.LOOPBACK;

  @Test
  void picksPortsThatAreFreeAndNotSpokenFor() {
    Set<Integer> taken = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      int port = HostPorts.pick(LOOPBACK, Protocol.TCP, taken);
      assertThat(taken.add(port)).isTrue();
      assertThat(HostPorts.obstacle(LOOPBACK, port, Protocol.TCP)).isEmpty();
    }
    assertThat(HostPorts.pick(LOOPBACK, Protocol.UDP, Set.of())).isPositive();
  }

  @Test
  void seesTakenPortsAndWhoHasThem() throws Exception {
    String self = "in use by process " + ProcessHandle.current().pid() + " (`java`)";
    try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DatagramSocket udp =
            new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      assertThat(HostPorts.obstacle(LOOPBACK, tcp.getLocalPort(), Protocol.TCP))
          .hasValueSatisfying(why -> assertThat(why).endsWith(self));
      assertThat(HostPorts.obstacle(LOOPBACK, udp.getLocalPort(), Protocol.UDP))
          .hasValueSatisfying(why -> assertThat(why).endsWith(self));
    }
  }

  /** A VM that another castra starts listens as soon as it can, whoever asks meanwhile. */
  @Test
  void askingForAPortKeepsNobodyFromListeningThere() throws Exception {
    int port = HostPorts.pick(LOOPBACK, Protocol.TCP, Set.of());
    AtomicBoolean over = new AtomicBoolean();
    Thread asking =
        new Thread(
            () -> {
              while (!over.get()) {
                HostPorts.obstacle(LOOPBACK, port, Protocol.TCP);
              }
            });
    asking.start();
    try {
      for (int i = 0; i < 300; i++) {
        try (ServerSocket vm = new ServerSocket()) {
          vm.setReuseAddress(true);
          vm.bind(new InetSocketAddress(LOOPBACK, port));
          assertThat(HostPorts.obstacle(LOOPBACK, port, Protocol.TCP)).isPresent();
        }
      }
    } finally {
      over.set(true);
      asking.join();
    }
  }

  @Test
  void namesOnlyWhoIsInTheWayOnThatAddress() throws Exception {
    try (ServerSocket everywhere = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
      assertThat(HostPorts.byWhom(LOOPBACK, everywhere.getLocalPort(), Protocol.TCP))
          .contains("java");
    }
    try (ServerSocket loopback = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"))) {
      assertThat(HostPorts.byWhom(LOOPBACK, loopback.getLocalPort(), Protocol.TCP)).isEmpty();
      assertThat(HostPorts.byWhom("0.0.0.0", loopback.getLocalPort(), Protocol.TCP))
          .contains("java");
    }
  }

  @Test
  void refusesAddressesThatQemuCannotListenOn() throws Exception {
    assertThat(HostPorts.obstacle("::1", 2222, Protocol.TCP))
        .contains("QEMU forwards from IPv4 addresses only");
    try (ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(HostPorts.obstacle("192.0.2.1", elsewhere.getLocalPort(), Protocol.TCP))
          .hasValueSatisfying(why -> assertThat(why).doesNotContain(" by "));
    }
    assertThatThrownBy(() -> HostPorts.pick("::1", Protocol.TCP, Set.of()))
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("IPv4");
  }
}
