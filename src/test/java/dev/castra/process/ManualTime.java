package dev.castra.process;

import java.time.Duration;

/** Time that passes only when a test says so, or sleeps. */
public final class ManualTime implements Ticker {
  private long nanos = Long.MAX_VALUE - 50_000_000;

  public void pass(Duration duration) {
    nanos += duration.toNanos();
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public void sleep(Duration duration) {
    pass(duration);
  }
}
