package dev.castra.bootstrap;

import dev.castra.error.ErrorCode;
import dev.castra.guest.HandshakeResult.NotShaken;
import dev.castra.run.StepKind;
import java.util.Optional;

/**
 * Why a run did not succeed.
 *
 * @param step where; empty if it was outside every step
 * @param unanswered the handshake that did not come about, if that was it
 */
public record RunFailure(
    Optional<StepKind> step,
    ErrorCode code,
    String error,
    String hint,
    Optional<NotShaken> unanswered) {

  public RunFailure(Optional<StepKind> step, ErrorCode code, String error, String hint) {
    this(step, code, error, hint, Optional.empty());
  }

  public RunFailure withHint(String other) {
    return new RunFailure(step, code, error, other, unanswered);
  }
}
