package dev.castra.guest;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Keeps the first 64 KiB and lets the rest go. */
final class KeptOutput extends OutputStream {
  static final int MOST_BYTES = 64 << 10;

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    kept.write(bytes, offset, Math.min(length, MOST_BYTES - kept.size()));
  }

  String text() {
    return kept.toString(StandardCharsets.UTF_8);
  }
}
