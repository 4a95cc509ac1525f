package dev.castra.bootstrap;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.guest.HandshakeResult.NotShaken;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ends a step, and the run with it. Never leaves the pipeline. */
public final class StepFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String hint;
  private final transient @Nullable NotShaken unanswered;

  public StepFailure(ErrorCode code, String error, String hint) {
    this(code, error, hint, null);
  }

  private StepFailure(ErrorCode code, String error, String hint, @Nullable NotShaken unanswered) {
    super(error);
    this.code = code;
    this.hint = hint;
    this.unanswered = unanswered;
  }

  public static StepFailure of(NotShaken unanswered) {
    CastraException e = unanswered.toException();
    return new StepFailure(e.code(), e.getMessage(), e.hint(), unanswered);
  }

  public static StepFailure of(CastraException e) {
    return new StepFailure(e.code(), e.getMessage(), e.hint());
  }

  public ErrorCode code() {
    return code;
  }

  public String error() {
    return String.valueOf(getMessage());
  }

  public String hint() {
    return hint;
  }

  /** The handshake that did not come about, if that was it. */
  Optional<NotShaken> unanswered() {
    return Optional.ofNullable(unanswered);
  }
}
