package dev.castra.guest;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Feeds a remote command's standard input from a thread of its own. */
final class StdinPump {
  private final StdinSource source;
  private final GuestChannel channel;
  private final Thread thread = new Thread(this::pump, "castra-stdin");
  private volatile @Nullable Exception sourceFailure;

  StdinPump(StdinSource source, GuestChannel channel) {
    this.source = source;
    this.channel = channel;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /**
   * @throws CastraException with {@code IO} if the source, not the guest, made it stop
   */
  void throwIfSourceFailed() {
    Exception failure = sourceFailure;
    if (failure instanceof CastraException known) {
      throw known;
    }
    if (failure != null) {
      throw new CastraException(
          ErrorCode.IO,
          "What was to be sent to the guest cannot be read: " + failure.getMessage() + ".",
          "Do not change the files while they are sent, and try again.",
          failure);
    }
  }

  /** Waits for the source to notice that the channel is closed. */
  void join() throws InterruptedException {
    thread.join(1000);
  }

  private void pump() {
    GuestSide guest = new GuestSide(channel.getInvertedIn());
    try {
      source.writeTo(guest);
      guest.close();
    } catch (IOException | RuntimeException e) {
      if (!guest.failed) {
        sourceFailure = e;
      }
      channel.wake();
    }
  }

  /** Knows whether a failure came from the guest: it may stop reading whenever it likes. */
  private static final class GuestSide extends FilterOutputStream {
    private boolean failed;

    GuestSide(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      guarded(() -> out.write(bytes, offset, length));
    }

    @Override
    public void flush() throws IOException {
      guarded(out::flush);
    }

    @Override
    public void close() throws IOException {
      guarded(out::close);
    }

    private void guarded(Action action) throws IOException {
      try {
        action.run();
      } catch (IOException | RuntimeException e) {
        failed = true;
        throw e;
      }
    }

    private interface Action {
      void run() throws IOException;
    }
  }
}
