package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The user's wish to stop, asked for by everything that waits. Threads are never interrupted for
 * it: an interrupt would close the database's file under every thread.
 */
public final class Cancellation {
  private final AtomicReference<@Nullable String> reason = new AtomicReference<>();

  /** Thread-safe; the first reason stays. */
  public void request(String why) {
    reason.compareAndSet(null, why);
  }

  public boolean requested() {
    return reason.get() != null;
  }

  /**
   * @throws CastraException with {@code INTERRUPTED} if the user wants to stop
   */
  public void refuseIfRequested() {
    if (requested()) {
      throw new CastraException(
          ErrorCode.INTERRUPTED,
          "The command was " + reason().orElse("interrupted") + ".",
          "Run it again to go on.");
    }
  }

  /**
   * The same time, in which whoever sleeps notices that wish as {@link #refuseIfRequested} does.
   */
  Ticker noticedBy(Ticker ticker) {
    return new Ticker() {
      @Override
      public long nanos() {
        return ticker.nanos();
      }

      @Override
      public void sleep(Duration duration) throws InterruptedException {
        refuseIfRequested();
        ticker.sleep(duration);
      }
    };
  }

  /** Such as "interrupted by SIGINT". */
  public Optional<String> reason() {
    return Optional.ofNullable(reason.get());
  }
}
