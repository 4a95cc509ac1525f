package dev.castra.render;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Passes on whole lines with a prefix each, so that those of several sources do not mix. A line of
 * more than 64 KiB is cut in pieces. Not thread-safe.
 */
final class PrefixedLines extends OutputStream {
  private static final int MOST_BYTES = 1 << 16;

  private final byte[] prefix;
  private final OutputStream out;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  PrefixedLines(byte[] prefix, OutputStream out) {
    this.prefix = prefix;
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    if (b != '\n') {
      line.write(b);
    }
    if (b == '\n' || line.size() == MOST_BYTES) {
      passOn();
    }
  }

  private void passOn() throws IOException {
    out.write(prefix);
    line.writeTo(out);
    out.write('\n');
    line.reset();
  }

  /** A line that has not ended waits for its end. */
  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (line.size() > 0) {
      passOn();
    }
    out.close();
  }
}
