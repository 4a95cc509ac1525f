package dev.castra.qemu;

import dev.castra.process.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads along what a guest writes to its serial port. Each question reads what was appended since
 * the last one, at most the newest 64 KiB; a log that cannot be read is an empty one. Thread-safe.
 */
public final class SerialConsole {
  /** Lines that {@link #tail} keeps. */
  public static final int TAIL_LINES = 20;

  /** Characters of a line. */
  public static final int MOST_CHARS = 200;

  private static final int MOST_BYTES = 1 << 16;

  /** The machine begins anew, so what it showed before is history. */
  private static final Pattern NEW_BOOT =
      Pattern.compile("^SeaBIOS \\(version|^GRUB loading|(?:^|\\] )Linux version \\d");

  /** The kernel may talk at any prompt; a service that logs through it, like cloud-init, works. */
  private static final Pattern KERNEL_MESSAGE =
      Pattern.compile("^\\[ *\\d+\\.\\d+\\](?:\\[ *[TC]\\d+\\])? (?!\\S+\\[\\d+\\]:)");

  private final Path log;
  private final Ticker ticker;
  private final long openedNanos;
  private final ConsoleText text = new ConsoleText();
  private final Deque<String> lines = new ArrayDeque<>();
  private long offset;
  private Optional<SerialSign> inThisLine = Optional.empty();
  private @Nullable Seen seen;
  private Optional<String> panic = Optional.empty();
  private int panics;

  private record Seen(SerialSign sign, String words, long firstNanos, long sinceNanos) {}

  /**
   * What the console shows now.
   *
   * @param words what gave it away, at most {@link #MOST_CHARS} characters
   * @param times how often the kernel panicked, in this boot of the machine and those before
   * @param after time from the opening of this console until it was seen
   * @param standing for how long nothing but kernel messages followed
   */
  public record Sighting(
      SerialSign sign, String words, int times, Duration after, Duration standing) {}

  /**
   * @param log need not exist yet
   */
  public SerialConsole(Path log, Ticker ticker) {
    this.log = log;
    this.ticker = ticker;
    this.openedNanos = ticker.nanos();
  }

  /** What the guest is stuck at, or has come to; empty while it seems to go on. */
  public synchronized Optional<Sighting> sighting() {
    look();
    if (seen == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Sighting(
            seen.sign,
            seen.words,
            panics,
            Duration.ofNanos(seen.firstNanos - openedNanos),
            Duration.ofNanos(ticker.nanos() - seen.sinceNanos)));
  }

  /** The last panic since {@link #settle}, even if the machine was reset after it. */
  public synchronized Optional<String> panic() {
    look();
    return panic;
  }

  /** The guest goes on: nothing that the console has shown so far matters any more. */
  public synchronized void settle() {
    look();
    seen = null;
    panic = Optional.empty();
    panics = 0;
  }

  /** The newest lines that are not blank, without control characters, oldest first. */
  public synchronized List<String> tail() {
    look();
    Deque<String> tail = new ArrayDeque<>(lines);
    keep(tail, text.unfinished());
    return List.copyOf(tail);
  }

  private void look() {
    try {
      long size = Files.size(log);
      if (size < offset) {
        offset = 0;
        text.reset();
      }
      if (size > offset) {
        read(size);
      }
    } catch (IOException unreadable) {
      // It is looked at again.
    }
  }

  private void read(long size) throws IOException {
    if (size - offset > MOST_BYTES) {
      offset = size - MOST_BYTES;
      text.reset();
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) (size - offset));
    try (FileChannel file = FileChannel.open(log, StandardOpenOption.READ)) {
      while (buffer.hasRemaining() && file.read(buffer, offset + buffer.position()) > 0) {
        // Until all of it is there.
      }
    }
    offset += buffer.position();
    text.feed(buffer.array(), buffer.position(), this::finished);
    consider(text.unfinished());
  }

  private void finished(String line) {
    consider(line);
    inThisLine = Optional.empty();
    keep(lines, line);
  }

  /** Called again as a line grows. */
  private void consider(String line) {
    Optional<SerialSign.Found> found = SerialSign.in(line);
    if (found.isPresent()) {
      if (!found.map(SerialSign.Found::sign).equals(inThisLine)) {
        inThisLine = found.map(SerialSign.Found::sign);
        see(found.get());
      } else {
        goOn();
      }
    } else if (NEW_BOOT.matcher(line).find()) {
      seen = null;
    } else if (!line.isBlank() && !KERNEL_MESSAGE.matcher(line).find()) {
      goOn();
    }
  }

  private void see(SerialSign.Found found) {
    long now = ticker.nanos();
    String words = cut(found.words());
    if (found.sign() == SerialSign.KERNEL_PANIC) {
      panics++;
      panic = Optional.of(words);
    }
    boolean again = seen != null && seen.sign == found.sign();
    seen = again ? seen : new Seen(found.sign(), words, now, now);
    goOn();
  }

  /** A kernel that panicked goes on only to print where. */
  private void goOn() {
    if (seen != null && seen.sign != SerialSign.KERNEL_PANIC) {
      seen = new Seen(seen.sign, seen.words, seen.firstNanos, ticker.nanos());
    }
  }

  private static void keep(Deque<String> tail, String line) {
    if (line.isBlank()) {
      return;
    }
    tail.addLast(cut(line));
    if (tail.size() > TAIL_LINES) {
      tail.removeFirst();
    }
  }

  private static String cut(String line) {
    if (line.length() <= MOST_CHARS) {
      return line;
    }
    int end = MOST_CHARS - 1;
    return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end) + "…";
  }
}
