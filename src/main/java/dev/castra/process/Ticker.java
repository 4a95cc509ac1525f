package dev.castra.process;

import java.time.Duration;

/**
 * Monotonic time and sleeping, injected so that deadlines do not depend on the wall clock jumping.
 */
public interface Ticker {
  /** Nanoseconds from an arbitrary origin, never going back. */
  long nanos();

  /**
   * @throws InterruptedException if the thread is interrupted while asleep
   */
  void sleep(Duration duration) throws InterruptedException;

  /** The real one; the only place in Castra that sleeps. */
  static Ticker system() {
    return new Ticker() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public void sleep(Duration duration) throws InterruptedException {
        Thread.sleep(Math.max(1, duration.toMillis()));
      }
    };
  }
}
