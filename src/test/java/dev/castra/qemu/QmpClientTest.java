package dev.castra.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Misbehaviour of the other side; that a real QEMU is understood shows in the launcher's tests. */
final class QmpClientTest {
  @TempDir Path folder;

  private Path socket = Path.of("");
  private ServerSocketChannel server;

  @BeforeEach
  void listen() throws IOException {
    socket = folder.resolve("qmp.sock");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
  }

  @AfterEach
  void stopListening() throws IOException {
    server.close();
  }

  @Test
  void givesUpOnSilence() {
    assertFails(Duration.ofMillis(50)).hasMessage("QEMU did not answer within 50 ms");
  }

  @Test
  void skipsEventsAndReportsRefusals() throws Exception {
    answer(
        """
        {"QMP": {"version": {}}}
        {"event": "RESET"}
        {"return": {}}
        {"event": "STOP", "data": {"return": 1}}
        {"error": {"class": "GenericError", "desc": "not now"}}
        """);
    try (QmpClient client = QmpClient.connect(socket, Machine.deadline())) {
      assertThatThrownBy(() -> client.systemPowerdown(Machine.deadline()))
          .hasMessage("QEMU refused `system_powerdown`: not now");
    }
  }

  @Test
  void refusesEndlessLine() {
    answer("{\"QMP\": \"" + "x".repeat(100_000));
    assertFails(Duration.ofSeconds(60)).hasMessageContaining("is longer than");
  }

  @Test
  void noticesThatTheOtherSideIsGone() {
    answer("{\"QMP\": {}}\r\n", 1);
    assertFails(Duration.ofSeconds(60)).hasMessage("QEMU closed the QMP connection");
  }

  @Test
  void refusesOtherProtocols() {
    answer("{\"hello\": 1}\n");
    assertFails(Duration.ofSeconds(60)).hasMessageContaining("is not a QMP socket");
  }

  @Test
  void failsAtOnceWhereNobodyListens() throws IOException {
    server.close();
    assertFails(Duration.ofSeconds(60)).isInstanceOf(IOException.class);
  }

  @Test
  void canBeInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> QmpClient.connect(socket, Machine.deadline()))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertFails(Duration limit) {
    return assertThatThrownBy(
        () -> QmpClient.connect(socket, Deadline.after(Ticker.system(), limit)).close());
  }

  /** Sends the text to the first client, whatever that says, and waits for it to hang up. */
  private void answer(String text) {
    answer(text, Integer.MAX_VALUE);
  }

  /** Sends the text to the first client and hangs up after so many of its messages. */
  private void answer(String text, int messages) {
    Thread thread =
        new Thread(
            () -> {
              try (SocketChannel client = server.accept()) {
                client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                int left = messages;
                while (left > 0 && client.read(ByteBuffer.allocate(1024)) >= 0) {
                  left--;
                }
              } catch (IOException e) {
                // The client went away first.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }
}
