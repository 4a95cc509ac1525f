package dev.castra.bootstrap;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;

/** Ends a step, and the run with it. Never leaves the pipeline. */
public final class StepFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String hint;

  public StepFailure(ErrorCode code, String error, String hint) {
    super(error);
    this.code = code;
    this.hint = hint;
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
}
