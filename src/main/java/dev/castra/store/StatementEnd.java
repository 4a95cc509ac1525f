package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.process.Deadline;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When what was asked must end, whether the record is still being copied for it or it runs: its
 * time is over, or nobody wants it any more. Thread-safe.
 */
final class StatementEnd {
  private final Deadline deadline;
  private @Nullable StatementWatch watch;
  private boolean cancelled;

  StatementEnd(Deadline deadline) {
    this.deadline = deadline;
  }

  Deadline deadline() {
    return deadline;
  }

  /** Does not wait for the end. */
  synchronized void cancel() {
    cancelled = true;
    if (watch != null) {
      watch.cancel();
    }
  }

  /** From now on {@code running} sees to it, which may have to stop at once. */
  synchronized void watchedBy(StatementWatch running) {
    watch = running;
    if (cancelled) {
      running.cancel();
    }
  }

  synchronized void unwatched() {
    watch = null;
  }

  /** Empty while the statement does not run yet, or no more. */
  synchronized Optional<StatementWatch> watch() {
    return Optional.ofNullable(watch);
  }

  /**
   * @throws CastraException if it must end now
   */
  synchronized void check() {
    if (cancelled) {
      throw StatementTrouble.cancelled(null);
    }
    if (deadline.passed()) {
      throw StatementTrouble.late(deadline.limit(), null);
    }
  }
}
