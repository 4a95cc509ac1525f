package dev.castra.guest;

/** Where a job stands when following it ends. */
public sealed interface JobProgress {
  /** Bytes of output delivered since the job's start; where to follow on. */
  long offset();

  /**
   * It ended and all it wrote was delivered.
   *
   * @param exitCode 0 to 255; 128 + n if signal n ended it
   */
  record Ended(int exitCode, long offset) implements JobProgress {}

  /** The limit passed first. */
  record StillRunning(long offset) implements JobProgress {}

  /**
   * Nobody will ever know its exit code.
   *
   * @param reason a clause such as "the guest was rebooted"
   */
  record Vanished(String reason, long offset) implements JobProgress {}

  /** The connection broke; the job goes on. Connect again and follow from the offset. */
  record Disconnected(ConnectionLost cause, long offset) implements JobProgress {}
}
