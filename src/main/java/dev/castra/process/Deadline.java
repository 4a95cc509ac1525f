package dev.castra.process;

import java.time.Duration;

/** A moment on the monotonic clock by which something must have happened. */
public final class Deadline {
  private final Ticker ticker;
  private final long startNanos;
  private final Duration limit;

  private Deadline(Ticker ticker, Duration limit) {
    this.ticker = ticker;
    this.startNanos = ticker.nanos();
    this.limit = limit;
  }

  public static Deadline after(Ticker ticker, Duration limit) {
    return new Deadline(ticker, limit);
  }

  public Duration limit() {
    return limit;
  }

  public Duration elapsed() {
    return Duration.ofNanos(ticker.nanos() - startNanos);
  }

  /** What is left, never negative. */
  public Duration remaining() {
    Duration left = limit.minus(elapsed());
    return left.isNegative() ? Duration.ZERO : left;
  }

  public boolean passed() {
    return remaining().isZero();
  }

  /** The smaller of {@code wish} and what is left. */
  public Duration capped(Duration wish) {
    Duration left = remaining();
    return wish.compareTo(left) < 0 ? wish : left;
  }

  public Ticker ticker() {
    return ticker;
  }
}
