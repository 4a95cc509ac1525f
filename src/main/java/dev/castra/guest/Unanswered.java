package dev.castra.guest;

/** Cause of an exception about a guest that did not answer: all that was seen of it. */
public final class Unanswered extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient HandshakeResult.NotShaken handshake;

  Unanswered(HandshakeResult.NotShaken handshake) {
    super("the last try failed at `" + handshake.failure().label() + "`", null, false, false);
    this.handshake = handshake;
  }

  public HandshakeResult.NotShaken handshake() {
    return handshake;
  }
}
