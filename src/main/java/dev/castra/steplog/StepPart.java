package dev.castra.steplog;

import dev.castra.run.StepKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Passes on what one step of a run left in its text log, from the line that says that the step
 * began to the one that says how it ended, as it arrives. Memory is bounded. Not thread-safe.
 */
public final class StepPart extends OutputStream {
  /** Longer than the time and the beginning of any line of Castra's own. */
  private static final int HEAD_BYTES = 200;

  private final OutputStream out;
  private final Pattern first;
  private final Pattern last;
  private final ByteArrayOutputStream head = new ByteArrayOutputStream(HEAD_BYTES);
  private boolean headPassed;
  private boolean inside;
  private boolean began;
  private boolean ended;

  public StepPart(StepKind step, OutputStream out) {
    this.out = out;
    String note = "^\\S+ " + RunLog.NOTE;
    this.first = Pattern.compile(note + beginning(step) + "$");
    this.last = Pattern.compile(note + step.id() + " (success|skipped|failed) after \\d+ ms");
  }

  static String beginning(StepKind step) {
    return step.id() + " started";
  }

  /** True once the step's first line was there. */
  public boolean began() {
    return began;
  }

  /** True once the step's last line was there. */
  public boolean ended() {
    return ended;
  }

  @Override
  public void write(int b) throws IOException {
    take((byte) b);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      take(bytes[i]);
    }
  }

  private void take(byte b) throws IOException {
    if (headPassed) {
      pass(b);
    } else if (b == '\n' || head.size() == HEAD_BYTES) {
      passHead();
      pass(b);
    } else {
      head.write(b);
    }
    if (b == '\n') {
      headPassed = false;
      inside &= !ended;
    }
  }

  private void pass(byte b) throws IOException {
    if (inside) {
      out.write(b);
    }
  }

  private void passHead() throws IOException {
    String line = head.toString(StandardCharsets.UTF_8);
    if (!began && first.matcher(line).find()) {
      began = true;
      inside = true;
    } else if (inside && last.matcher(line).find()) {
      ended = true;
    }
    if (inside) {
      head.writeTo(out);
    }
    head.reset();
    headPassed = true;
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  /** Passes on a line that has no end. */
  @Override
  public void close() throws IOException {
    if (!headPassed && head.size() > 0) {
      passHead();
    }
    out.close();
  }
}
