package dev.castra.guest;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How waiting for a guest's first authenticated answer ended. */
public sealed interface HandshakeResult {
  /** Tries made, at least 1 unless the guest was dead already. */
  int attempts();

  /** Time waited. */
  Duration elapsed();

  /**
   * The guest answered.
   *
   * @param session open; the caller closes it
   * @param hostKey what the guest proved to be, to be pinned
   */
  record Shaken(GuestSession session, int attempts, Duration elapsed, PinnedKey hostKey)
      implements HandshakeResult {}

  /**
   * It did not.
   *
   * @param failure how far the last try came
   * @param detail what was seen, a clause without full stop, or a whole sentence for {@code
   *     HOST_KEY} and {@code GUEST_DIED}
   * @param code {@code HOST_KEY_MISMATCH} or {@code HANDSHAKE_FAILED}
   * @param finding what the guest's console shows that may explain it
   * @param consoleTail the console's newest lines
   */
  record NotShaken(
      SshEndpoint endpoint,
      FailureClass failure,
      String detail,
      int attempts,
      Duration elapsed,
      ErrorCode code,
      Optional<Console.Finding> finding,
      List<String> consoleTail)
      implements HandshakeResult {
    public NotShaken {
      consoleTail = List.copyOf(consoleTail);
    }

    /** A few sentences: what was awaited, how long, and what came of it last. */
    public String message() {
      return switch (failure) {
        case HOST_KEY, GUEST_DIED -> detail;
        default -> finding.map(seen -> seen.sentence() + " ").orElse("") + lastTry();
      };
    }

    private String lastTry() {
      return String.format(
          Locale.ROOT,
          "No SSH handshake with `%s@%s` within %.1f s (%d tries); the last one failed at"
              + " `%s`: %s.",
          endpoint.user(),
          endpoint.address(),
          elapsed.toMillis() / 1000.0,
          attempts,
          failure.label(),
          detail);
    }

    /** For callers that report it as it is; its cause is an {@link Unanswered}. */
    public CastraException toException() {
      return new CastraException(code, message(), hint(), new Unanswered(this));
    }

    private String hint() {
      return switch (failure) {
        case HOST_KEY, GUEST_DIED -> hintOfClass();
        default -> finding.map(Console.Finding::hint).orElseGet(this::hintOfClass);
      };
    }

    private String hintOfClass() {
      return switch (failure) {
        case REFUSED, NO_BANNER ->
            "The guest has not started its SSH server yet or has no network; if Castra boots it, its"
                + " serial log says more.";
        case KEY_EXCHANGE -> "Look at the guest's SSH server: it spoke, but agreed on no keys.";
        case HOST_KEY ->
            "Another machine uses this port, or the guest's keys were replaced. If it is the"
                + " right one: `castra trust` accepts the key of a machine with driver `ssh`;"
                + " otherwise run `castra destroy` for the VM, then `castra up`.";
        case AUTH ->
            "The guest does not accept Castra's key: check the user name, and that the image runs"
                + " cloud-init.";
        case SHELL -> "Check that the user's login shell in the guest works.";
        case GUEST_DIED -> "Look at the QEMU and serial logs.";
      };
    }
  }
}
