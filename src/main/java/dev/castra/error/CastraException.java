package dev.castra.error;

import org.jspecify.annotations.Nullable;

/**
 * A failure the user can do something about: one concrete sentence, and a hint that says what to
 * do. Shown without a stack trace unless {@code --debug} is given.
 */
public final class CastraException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String hint;

  /**
   * @param message one sentence with the values in backticks, such as "VM `web` is not running."
   * @param hint what to do about it, such as "Run `castra up`."
   */
  public CastraException(ErrorCode code, String message, String hint) {
    this(code, message, hint, null);
  }

  public CastraException(ErrorCode code, String message, String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.hint = hint;
  }

  public ErrorCode code() {
    return code;
  }

  public String hint() {
    return hint;
  }

  @Override
  public String getMessage() {
    return java.util.Objects.requireNonNull(super.getMessage());
  }
}
