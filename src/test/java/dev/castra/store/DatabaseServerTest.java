package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.process.PrivateFiles;
import dev.castra.process.ProcessIdentity;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DatabaseServerTest {
  @TempDir Path folder;
  private StateRoot root;

  @BeforeEach
  void nameTheStateRoot() {
    root = OpenProject.rootIn(folder);
  }

  @Test
  void listensOnTheLoopbackAddressOnly() throws Exception {
    try (OpenProject project = OpenProject.in(folder)) {
      int port = announced().port();

      connect(InetAddress.getLoopbackAddress(), port);
      for (InetAddress address : otherAddresses()) {
        assertThatThrownBy(() -> connect(address, port)).isInstanceOf(IOException.class);
      }
      assertThat(listeners(port)).containsExactly("0100007F");
      assertThat(project.delivered).isEmpty();
    }
  }

  private static void connect(InetAddress address, int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 2_000);
    }
  }

  private static List<InetAddress> otherAddresses() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .toList();
  }

  /** Local addresses of the sockets that listen on {@code port}, as /proc/net/tcp spells them. */
  private static List<String> listeners(int port) throws IOException {
    List<String> lines = new java.util.ArrayList<>(Files.readAllLines(Path.of("/proc/net/tcp")));
    Path six = Path.of("/proc/net/tcp6");
    if (Files.exists(six)) {
      lines.addAll(Files.readAllLines(six));
    }
    return lines.stream()
        .map(line -> line.strip().split(" +"))
        .filter(words -> words.length > 3 && words[3].equals("0A"))
        .map(words -> words[1].split(":"))
        .filter(local -> Integer.parseInt(local[local.length - 1], 16) == port)
        // Java's sockets are IPv6 ones that hold a mapped IPv4 address in their last word.
        .map(local -> local[0].substring(local[0].length() - 8))
        .toList();
  }

  @Test
  void aWrongKeyIsRefused() throws Exception {
    try (OpenProject project = OpenProject.in(folder)) {
      DatabaseServer.Announcement owner = announced();

      assertThat(owner.key()).hasSize(64);
      assertThatThrownBy(() -> open(DatabaseUrl.server(owner.port(), "0".repeat(64))))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> open(DatabaseUrl.server(owner.port(), root.database().toString())))
          .isInstanceOf(SQLException.class);
      open(DatabaseUrl.server(owner.port(), owner.key()));
      assertThat(project.column("SELECT 1")).containsExactly("1");
    }
  }

  private static void open(String url) throws SQLException {
    DriverManager.getConnection(url, DatabaseUrl.USER, DatabaseUrl.PASSWORD).close();
  }

  @Test
  void eachOwnerHasAFreshKey() {
    String first;
    try (OpenProject project = OpenProject.in(folder)) {
      first = announced().key();
      assertThat(project.root).isEqualTo(root);
    }
    try (OpenProject project = OpenProject.in(folder)) {
      assertThat(announced().key()).isNotEqualTo(first);
      assertThat(project.root).isEqualTo(root);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "12345",
        "12345 key",
        "port key 1000 1 boot",
        "99999 key 0 1 boot",
        "1 2 3 4 5 6",
        "\0\0\0\0"
      })
  void aTornAnnouncementDoesNotBlock(String text) throws IOException {
    announce(text);
    opensAndReads();
  }

  @Test
  void theAnnouncementOfADeadProcessDoesNotBlock() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    assertThat(dead.waitFor(60, TimeUnit.SECONDS)).isTrue();
    announce("1 key " + dead.pid() + " 1 " + ProcessIdentity.hostBoot());
    opensAndReads();
  }

  @Test
  void theAnnouncementOfARecycledPidDoesNotBlock() throws IOException {
    try (ServerSocket stranger = new ServerSocket(0)) {
      ProcessIdentity self = ProcessIdentity.ofSelf();
      announce(
          stranger.getLocalPort()
              + " key "
              + self.pid()
              + " "
              + (self.startTicks() - 1)
              + " "
              + self.hostBootId());
      opensAndReads();
    }
  }

  @Test
  void aSilentStrangerOnTheAnnouncedPortDoesNotBlock() throws IOException {
    try (ServerSocket stranger = new ServerSocket(0)) {
      announce(
          new DatabaseServer.Announcement(stranger.getLocalPort(), "key", ProcessIdentity.ofSelf())
              .text());
      opensAndReads();
    }
  }

  @Test
  void aClosedPortOfALivingProcessDoesNotBlock() throws IOException {
    int port;
    try (ServerSocket gone = new ServerSocket(0)) {
      port = gone.getLocalPort();
    }
    announce(new DatabaseServer.Announcement(port, "key", ProcessIdentity.ofSelf()).text());
    opensAndReads();
  }

  private void opensAndReads() {
    try (OpenProject project = OpenProject.in(folder)) {
      assertThat(project.column("SELECT vm FROM vms ORDER BY position"))
          .containsExactly("web", "db");
      assertThat(new StatusReader(root, Ticker.system()).read()).isPresent();
      assertThat(announced().owner()).isEqualTo(ProcessIdentity.ofSelf());
    }
  }

  private void announce(String text) throws IOException {
    PrivateFiles.createFolder(root.databaseFolder());
    Files.writeString(root.databaseServer(), text);
  }

  private DatabaseServer.Announcement announced() {
    return DatabaseServer.Announcement.read(root.databaseServer()).orElseThrow();
  }
}
