package dev.castra.qemu;

import java.time.Duration;

/**
 * How long each rung of the ladder may take.
 *
 * @param graceful for the guest to power itself off; zero to not even ask it
 * @param terminate for QEMU to end on SIGTERM
 * @param kill for the system to end QEMU on SIGKILL
 */
public record ShutdownTimeouts(Duration graceful, Duration terminate, Duration kill) {}
