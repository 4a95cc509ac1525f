package dev.castra.bootstrap;

import dev.castra.error.ErrorCode;
import dev.castra.guest.HandshakeResult.NotShaken;
import dev.castra.run.RunStatus;
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

  /** How a run ends that fails with this. */
  public RunStatus status() {
    return code == ErrorCode.INTERRUPTED ? RunStatus.INTERRUPTED : RunStatus.FAILED;
  }

  public RunFailure withHint(String other) {
    return new RunFailure(step, code, error, other, unanswered);
  }
}
