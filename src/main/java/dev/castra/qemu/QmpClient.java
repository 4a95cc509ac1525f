package dev.castra.qemu;

import dev.castra.process.Deadline;
import dev.castra.process.JsonScalars;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Speaks QMP (QEMU's "QMP protocol specification") with one QEMU: a line of JSON each way, with
 * events in between, which are skipped. A QEMU that hangs costs no more than the deadline. For one
 * thread; after a failure only {@link #close} makes sense.
 */
public final class QmpClient implements AutoCloseable {
  private static final int MOST_LINE_BYTES = 64 * 1024;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final ByteBuffer received = ByteBuffer.allocate(MOST_LINE_BYTES);

  private QmpClient(SocketChannel channel) throws IOException {
    this.channel = channel;
    this.selector = Selector.open();
    channel.configureBlocking(false);
    this.key = channel.register(selector, 0);
  }

  /**
   * Connects and negotiates. QEMU serves one client at a time; another one waits for its turn.
   *
   * @throws IOException if nobody listens there, or QEMU does not answer before the deadline
   */
  public static QmpClient connect(Path socket, Deadline deadline)
      throws IOException, InterruptedException {
    QmpClient client = new QmpClient(SocketChannel.open(StandardProtocolFamily.UNIX));
    try {
      client.greet(socket, deadline);
      return client;
    } catch (IOException | RuntimeException | InterruptedException e) {
      client.close();
      throw e;
    }
  }

  /**
   * Presses the guest's power button; that QEMU accepted it does not mean that the guest noticed.
   *
   * @throws IOException if QEMU refuses, is gone, or does not answer before the deadline
   */
  public void systemPowerdown(Deadline deadline) throws IOException, InterruptedException {
    execute("system_powerdown", deadline);
  }

  @Override
  public void close() throws IOException {
    try (selector) {
      channel.close();
    }
  }

  private void greet(Path socket, Deadline deadline) throws IOException, InterruptedException {
    channel.connect(UnixDomainSocketAddress.of(socket));
    while (!channel.finishConnect()) {
      await(SelectionKey.OP_CONNECT, deadline);
    }
    if (!JsonScalars.parse(readLine(deadline)).containsKey("/QMP")) {
      throw new IOException("`" + socket + "` is not a QMP socket");
    }
    execute("qmp_capabilities", deadline);
  }

  private void execute(String command, Deadline deadline) throws IOException, InterruptedException {
    write("{\"execute\":\"" + command + "\"}\n", deadline);
    while (true) {
      Map<String, String> message = JsonScalars.parse(readLine(deadline));
      if (message.containsKey("/return")) {
        return;
      }
      if (message.containsKey("/error")) {
        throw new IOException("QEMU refused `" + command + "`: " + message.get("/error/desc"));
      }
    }
  }

  private void write(String line, Deadline deadline) throws IOException, InterruptedException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(line);
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        await(SelectionKey.OP_WRITE, deadline);
      }
    }
  }

  private String readLine(Deadline deadline) throws IOException, InterruptedException {
    Optional<String> line = takeLine();
    while (line.isEmpty()) {
      if (!received.hasRemaining()) {
        throw new IOException("a QMP message is longer than " + MOST_LINE_BYTES + " bytes");
      }
      await(SelectionKey.OP_READ, deadline);
      if (channel.read(received) < 0) {
        throw new EOFException("QEMU closed the QMP connection");
      }
      line = takeLine();
    }
    return line.get();
  }

  private Optional<String> takeLine() {
    for (int end = 0; end < received.position(); end++) {
      if (received.get(end) == '\n') {
        byte[] line = new byte[end + 1];
        received.flip().get(line);
        received.compact();
        return Optional.of(new String(line, StandardCharsets.UTF_8));
      }
    }
    return Optional.empty();
  }

  private void await(int operation, Deadline deadline) throws IOException, InterruptedException {
    key.interestOps(operation);
    selector.select(Math.max(1, deadline.remaining().toMillis()));
    selector.selectedKeys().clear();
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (deadline.passed()) {
      throw new IOException("QEMU did not answer within " + deadline.limit().toMillis() + " ms");
    }
  }
}
