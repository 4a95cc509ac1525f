package dev.castra.bootstrap.step;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Passes a script's output on and looks for the lines by which it speaks to Castra: {@code
 * Castra:noop} and {@code Castra:error: REASON}. Keeps at most one line's start in memory.
 */
final class GuestMarkers extends FilterOutputStream {
  private static final String NOOP = "Castra:noop";
  private static final String ERROR = "Castra:error:";
  private static final int MOST_LINE_BYTES = 1_000;

  /** What a decoder makes of the half character that a cut can leave. */
  private static final String HALF = "\uFFFD";

  /** Says that there was more; reports know by it that the end of a secret may be missing. */
  private static final String CUT = "...";

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean cut;
  private boolean noop;
  private @Nullable String error;

  GuestMarkers(OutputStream out) {
    super(out);
  }

  boolean noop() {
    return noop;
  }

  /** The last reason the script gave. */
  Optional<String> error() {
    return Optional.ofNullable(error);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == '\n') {
        endLine();
      } else if (line.size() < MOST_LINE_BYTES) {
        line.write(bytes[i]);
      } else {
        cut = true;
      }
    }
  }

  /** Looks at a last line without a line break too. */
  void endLine() {
    String text = line.toString(StandardCharsets.UTF_8).stripTrailing();
    boolean whole = !cut;
    line.reset();
    cut = false;
    if (whole && text.equals(NOOP)) {
      noop = true;
    } else if (text.startsWith(ERROR)) {
      String reason = text.substring(ERROR.length());
      error = (whole ? reason : withoutHalf(reason) + CUT).strip();
    }
  }

  private static String withoutHalf(String text) {
    return text.endsWith(HALF) ? text.substring(0, text.length() - 1) : text;
  }
}
