package dev.castra.report;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Looks at every place of a stream for every secret, however the stream is cut into writes. What
 * looks like the beginning of one before a mark of a cut, or at the end of a line or of the stream,
 * is one too. Memory is bounded by the longest secret. Secrets that overlap go as one. Not
 * thread-safe.
 */
final class ScrubbedOutput extends OutputStream {
  private final SecretForms forms;
  private final OutputStream out;
  private final long from;
  private final long to;
  private final byte[] window;
  private int filled;

  /** Place in the stream of the window's first byte. */
  private long offset;

  /** Everything before this place belongs to a secret, or was passed on. */
  private long covered;

  /** What stands for the present secret, until it was written. */
  private byte[] replacement = new byte[0];

  /**
   * @param from first place of the stream that is passed on
   * @param to the place after the last one
   * @param room how much to gather before it is looked at
   */
  ScrubbedOutput(SecretForms forms, OutputStream out, long from, long to, int room) {
    this.forms = forms;
    this.out = out;
    this.from = from;
    this.to = to;
    this.window = new byte[forms.reach() + room];
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int start, int length) throws IOException {
    int next = start;
    int end = start + length;
    while (next < end) {
      int some = Math.min(end - next, window.length - filled);
      System.arraycopy(bytes, next, window, filled, some);
      filled += some;
      next += some;
      if (filled == window.length) {
        // A secret that begins in the rest may not have arrived as a whole.
        pass(filled - forms.reach());
      }
    }
  }

  private void pass(int count) throws IOException {
    int plain = 0;
    for (int i = 0; i < count; i++) {
      long place = offset + i;
      look(i, place);
      if (place < covered || place < from || place >= to) {
        out.write(window, plain, i - plain);
        plain = i + 1;
        if (place < covered && place >= from && place < to) {
          out.write(replacement);
          replacement = new byte[0];
        }
      }
    }
    out.write(window, plain, count - plain);
    System.arraycopy(window, count, window, 0, filled - count);
    filled -= count;
    offset += count;
  }

  private void look(int i, long place) {
    for (SecretForms.Form form : forms.beginningWith(window[i])) {
      long end = place + form.covers(window, i, filled);
      if (end > place && place >= covered) {
        replacement = form.replacement();
      }
      covered = Math.max(covered, end);
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  /** Passes on the rest; leaves the destination open. */
  @Override
  public void close() throws IOException {
    pass(filled);
    out.flush();
  }
}
