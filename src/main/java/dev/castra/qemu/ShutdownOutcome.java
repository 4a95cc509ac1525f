package dev.castra.qemu;

/** How far down the ladder a shutdown had to go. */
public enum ShutdownOutcome {
  /** There was nothing to shut down. */
  ALREADY_STOPPED,
  /** The guest powered itself off. */
  GRACEFUL,
  /** QEMU ended on SIGTERM, its caches written back; the guest was not asked. */
  TERMINATED,
  /** QEMU was killed, like pulling the plug. */
  KILLED,
  /** The process is still there. */
  FAILED
}
