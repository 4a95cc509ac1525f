package dev.castra.qemu;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Makes plain lines of what a terminal was sent: no escape sequences (ECMA-48), no control
 * characters, no trailing blanks. A line that a carriage return starts anew replaces what it had.
 * Memory is bounded, whatever comes. Not thread-safe.
 */
final class ConsoleText {
  private static final int MOST_LINE_BYTES = 2048;
  private static final int ESCAPE = 0x1B;
  private static final int BELL = 0x07;

  private enum State {
    TEXT,
    AFTER_ESCAPE,
    /** Control sequence: parameters, then one letter. */
    SEQUENCE,
    /** String, such as a window title, up to BEL or ESC \. */
    STRING
  }

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private State state = State.TEXT;
  private boolean startsAnew;

  /** Each line that ends in these bytes goes to {@code lines}, blank ones too. */
  void feed(byte[] bytes, int length, Consumer<String> lines) {
    for (int i = 0; i < length; i++) {
      take(bytes[i] & 0xFF, lines);
    }
  }

  /** The line that has not ended yet: where a prompt stands. */
  String unfinished() {
    return plain(line.toString(StandardCharsets.UTF_8));
  }

  /** Forgets what has not ended, after a gap. */
  void reset() {
    line.reset();
    state = State.TEXT;
    startsAnew = false;
  }

  private void take(int value, Consumer<String> lines) {
    switch (state) {
      case TEXT -> text(value, lines);
      case AFTER_ESCAPE -> afterEscape(value, lines);
      case SEQUENCE -> sequence(value, lines);
      case STRING -> string(value, lines);
    }
  }

  private void text(int value, Consumer<String> lines) {
    if (value == ESCAPE) {
      state = State.AFTER_ESCAPE;
    } else if (value == '\n') {
      end(lines);
    } else if (value == '\r') {
      startsAnew = true;
    } else if (value >= ' ' || value == '\t') {
      if (startsAnew) {
        line.reset();
        startsAnew = false;
      }
      if (line.size() < MOST_LINE_BYTES) {
        line.write(value == '\t' ? ' ' : value);
      }
    }
  }

  private void afterEscape(int value, Consumer<String> lines) {
    if (value == '[') {
      state = State.SEQUENCE;
    } else if (value == ']' || value == 'P' || value == 'X' || value == '^' || value == '_') {
      state = State.STRING;
    } else if (value < ' ') {
      state = State.TEXT;
      text(value, lines);
    } else if (value >= '0') {
      state = State.TEXT;
    }
  }

  private void sequence(int value, Consumer<String> lines) {
    if (value >= ' ' && value < '@') {
      return;
    }
    state = State.TEXT;
    if (value < ' ') {
      text(value, lines);
    } else if (value == 'H' || value == 'f' || value == 'J') {
      // The cursor goes elsewhere, or the screen is cleared: what follows is another line.
      end(lines);
    }
  }

  private void string(int value, Consumer<String> lines) {
    if (value == ESCAPE || value == BELL) {
      // ESC \ ends it too; as a sequence of its own the backslash is swallowed.
      state = value == BELL ? State.TEXT : State.AFTER_ESCAPE;
    } else if (value == '\n' || value == '\r') {
      // No string at all, but bytes that looked like the start of one.
      state = State.TEXT;
      text(value, lines);
    }
  }

  private void end(Consumer<String> lines) {
    lines.accept(unfinished());
    line.reset();
    startsAnew = false;
  }

  private static String plain(String decoded) {
    StringBuilder plain = new StringBuilder(decoded.length());
    decoded
        .codePoints()
        .filter(
            point ->
                switch (Character.getType(point)) {
                  case Character.CONTROL,
                      Character.FORMAT,
                      Character.SURROGATE,
                      Character.LINE_SEPARATOR,
                      Character.PARAGRAPH_SEPARATOR ->
                      false;
                  default -> true;
                })
        .forEach(plain::appendCodePoint);
    return plain.toString().stripTrailing();
  }
}
