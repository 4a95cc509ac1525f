package dev.castra.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * How much of a file is told: its beginning and its end.
 *
 * @param head bytes at most of the beginning
 * @param tail bytes at most of the end
 */
public record Excerpt(long head, long tail) {
  /** All of an ordinary log of a run, 8 MiB of a large one. */
  public static final Excerpt OUTPUT = new Excerpt(2L << 20, 6L << 20);

  /** The end of a console. */
  public static final Excerpt CONSOLE = new Excerpt(0, 256L << 10);

  /** Something that is asked between two pieces and throws to end the copying. */
  interface Stop {
    void check();
  }

  /** Copies without secrets what there is of the file now, and says what was left out. */
  void copy(FileChannel file, Scrubber scrubber, OutputStream out, Stop stop) throws IOException {
    long size = file.size();
    if (size <= head + tail) {
      piece(file, 0, size, scrubber, out, stop);
      return;
    }
    piece(file, 0, head, scrubber, out, stop);
    String note = "[castra report: " + (size - head - tail) + " bytes are left out here]\n";
    out.write(((head > 0 ? "\n" : "") + note).getBytes(StandardCharsets.UTF_8));
    piece(file, size - tail, size, scrubber, out, stop);
  }

  /** Reads a little more on both sides, so that a secret is recognised although it is cut. */
  private static void piece(
      FileChannel file, long from, long to, Scrubber scrubber, OutputStream out, Stop stop)
      throws IOException {
    long start = Math.max(0, from - scrubber.context());
    long end = to + scrubber.context();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    try (OutputStream clean = scrubber.to(out, from - start, to - start)) {
      long place = start;
      while (place < end) {
        stop.check();
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - place));
        int read = file.read(buffer, place);
        if (read <= 0) {
          return;
        }
        clean.write(buffer.array(), 0, read);
        place += read;
      }
    }
  }
}
