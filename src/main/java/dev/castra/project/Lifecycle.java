package dev.castra.project;

import java.time.Duration;

/**
 * How long each rung of the shutdown ladder waits before the next one is tried.
 *
 * @param gracefulShutdownWait after the guest was asked to power off
 * @param sigtermWait after QEMU got SIGTERM
 * @param sigkillWait after QEMU got SIGKILL
 */
public record Lifecycle(Duration gracefulShutdownWait, Duration sigtermWait, Duration sigkillWait) {

  static Lifecycle read(TableReader table) {
    return new Lifecycle(
        table.seconds("graceful_shutdown_wait_secs").orElse(Duration.ofSeconds(20)),
        table.seconds("sigterm_wait_secs").orElse(Duration.ofSeconds(10)),
        table.seconds("sigkill_wait_secs").orElse(Duration.ofSeconds(5)));
  }
}
