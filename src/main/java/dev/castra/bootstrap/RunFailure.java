package dev.castra.bootstrap;

import dev.castra.error.ErrorCode;
import dev.castra.run.StepKind;
import java.util.Optional;

/**
 * Why a run did not succeed.
 *
 * @param step where; empty if it was outside every step
 */
public record RunFailure(Optional<StepKind> step, ErrorCode code, String error, String hint) {}
