package dev.castra.qemu;

/**
 * Told about one shutdown as it goes, in this order, on the thread that shuts down. {@link
 * #requested} comes first and {@link #complete} last, each exactly once.
 */
public interface ShutdownListener {
  void requested();

  /** The guest is being asked, by {@code method}, for up to {@code timeoutMs}. */
  void cooperativeAttempted(String method, long timeoutMs);

  /** The guest powered itself off. */
  void cooperativeSucceeded(long elapsedMs);

  /** The guest did not, because of {@code reason}. */
  void cooperativeTimedOut(String reason);

  /** QEMU is sent {@code signal}, {@code SIGTERM} or {@code SIGKILL}. */
  void escalated(String signal);

  void complete(ShutdownOutcome outcome, long totalMs);
}
