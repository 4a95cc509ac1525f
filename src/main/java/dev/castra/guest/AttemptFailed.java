package dev.castra.guest;

/** One try of a handshake came to nothing. */
final class AttemptFailed extends Exception {
  private static final long serialVersionUID = 1L;

  private final FailureClass failure;
  private final String detail;

  AttemptFailed(FailureClass failure, String detail) {
    super(failure.label() + ": " + detail, null, false, false);
    this.failure = failure;
    this.detail = detail;
  }

  FailureClass failure() {
    return failure;
  }

  String detail() {
    return detail;
  }
}
