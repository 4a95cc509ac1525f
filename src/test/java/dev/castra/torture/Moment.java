package dev.castra.torture;

import dev.castra.it.CastraProcess;
import java.util.Random;

/**
 * When something is to happen to a castra process.
 *
 * @param line after so many lines of its output; 0: go by the clock
 * @param delayMs after that line, or after its start
 */
record Moment(int line, int delayMs) {
  /** Events of one `up` on a few machines. */
  private static final int MOST_LINES = 24;

  /**
   * @param usualMs how long a command takes, mostly
   */
  static Moment random(Random random, int usualMs) {
    return random.nextInt(5) < 3
        ? new Moment(
            1 + random.nextInt(MOST_LINES), random.nextInt(3) == 0 ? random.nextInt(60) : 0)
        : new Moment(0, random.nextInt(usualMs));
  }

  /** Waits; false if the process ended before. */
  boolean await(CastraProcess process) throws InterruptedException {
    if (line > 0 && !process.awaitLines(line)) {
      return false;
    }
    Thread.sleep(delayMs);
    return process.isAlive();
  }

  @Override
  public String toString() {
    String after = delayMs > 0 ? delayMs + " ms" : "";
    return line > 0 ? "line " + line + (delayMs > 0 ? " + " + after : "") : after;
  }
}
