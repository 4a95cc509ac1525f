package dev.castra.store;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A command that made runs.
 *
 * @param text as typed
 * @param lastSign of a command that died: its last event, after which nobody knows; else empty
 * @param alive whether its process still works
 */
public record RecordedCommand(
    UUID id,
    String text,
    String castraVersion,
    Instant startedAt,
    Optional<Instant> endedAt,
    boolean alive,
    Optional<Instant> lastSign) {}
