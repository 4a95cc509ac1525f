package dev.castra.guest;

/** What {@link HostKeyPolicy} says about a host key. */
public sealed interface HostKeyVerdict {
  /** The guest may go on. */
  record Accepted(PinnedKey key) implements HostKeyVerdict {}

  /** Another machine answered; {@code message} is one sentence that says which, if known. */
  record Refused(String message) implements HostKeyVerdict {}
}
