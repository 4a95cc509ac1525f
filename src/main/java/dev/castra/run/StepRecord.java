package dev.castra.run;

import java.time.Instant;

/**
 * One finished step.
 *
 * @param durationMs milliseconds, never negative
 * @param detail one line for people, possibly empty
 */
public record StepRecord(
    StepKind step, StepStatus status, Instant startedAt, long durationMs, String detail) {}
