package dev.castra.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.channel.ChannelExec;
import org.jspecify.annotations.Nullable;

/**
 * An exec channel that queues what arrives for the thread that waits, instead of writing it on the
 * client's own few threads. The guest may send only as much as the window allows, so the queue is
 * bounded by it: it opens again when {@link #consumed} is called.
 */
final class GuestChannel extends ChannelExec {
  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();

  /** Output, or with an empty buffer only the word that something changed. */
  record Arrival(boolean error, ByteBuffer bytes) {
    static final Arrival CHANGE = new Arrival(false, ByteBuffer.allocate(0));
  }

  GuestChannel(String commandLine) {
    super(commandLine, null, null);
  }

  /** The next arrival, or null if there is none within {@code limit}. */
  @Nullable Arrival next(Duration limit) throws InterruptedException {
    return arrivals.poll(Math.max(0, limit.toMillis()), TimeUnit.MILLISECONDS);
  }

  void consumed(Arrival arrival) throws IOException {
    if (!isClosing()) {
      getLocalWindow().release(arrival.bytes().limit());
    }
  }

  boolean hasEnded() {
    return getExitStatus() != null || getExitSignal() != null;
  }

  /** True if nothing can arrive that has not been queued yet. */
  boolean isOver() {
    return isEofSignalled() || isClosing();
  }

  /** Makes {@link #next} return. */
  void wake() {
    arrivals.add(Arrival.CHANGE);
  }

  @Override
  protected void doWriteData(byte[] data, int offset, long length) {
    queue(false, data, offset, (int) length);
  }

  @Override
  protected void doWriteExtendedData(byte[] data, int offset, long length) {
    queue(true, data, offset, (int) length);
  }

  @Override
  protected void notifyStateChanged(String hint) {
    super.notifyStateChanged(hint);
    wake();
  }

  @Override
  protected void preClose() {
    super.preClose();
    wake();
  }

  private void queue(boolean error, byte[] data, int offset, int length) {
    if (!isClosing()) {
      arrivals.add(
          new Arrival(error, ByteBuffer.wrap(Arrays.copyOfRange(data, offset, offset + length))));
    }
  }
}
