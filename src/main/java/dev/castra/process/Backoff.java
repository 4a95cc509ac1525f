package dev.castra.process;

import java.time.Duration;

/**
 * Pauses that grow by half from {@code first} to {@code most}; one instance serves one wait, on one
 * thread.
 */
public final class Backoff {
  private final Duration most;
  private Duration next;

  public Backoff(Duration first, Duration most) {
    this.next = first;
    this.most = most;
  }

  /** 20 ms to 250 ms: quick enough to feel immediate, slow enough to cost nothing. */
  public static Backoff standard() {
    return new Backoff(Duration.ofMillis(20), Duration.ofMillis(250));
  }

  /**
   * Sleeps until the next try or the deadline, whichever comes first.
   *
   * @throws InterruptedException if the thread is interrupted while asleep
   */
  public void pause(Deadline deadline) throws InterruptedException {
    deadline.ticker().sleep(deadline.capped(next));
    Duration grown = next.multipliedBy(3).dividedBy(2);
    next = grown.compareTo(most) < 0 ? grown : most;
  }
}
