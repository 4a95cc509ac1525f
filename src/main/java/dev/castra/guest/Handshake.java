package dev.castra.guest;

import dev.castra.error.ErrorCode;
import dev.castra.guest.HandshakeResult.NotShaken;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import java.time.Duration;
import java.util.Optional;

/** One wait for one guest: tries until it answers, cannot answer any more, or time is up. */
final class Handshake {
  private static final Duration LEAST_BANNER_WAIT = Duration.ofSeconds(1);
  private static final Duration MOST_BANNER_WAIT = Duration.ofSeconds(10);

  private final Guests guests;
  private final SshEndpoint endpoint;
  private final SshIdentity identity;
  private final HostKeyPolicy policy;
  private final Deadline deadline;
  private final Liveness liveness;
  private final Backoff backoff = Backoff.standard();

  /** OpenSSH 9.8 and newer shut out a client that fails to authenticate too often. */
  private Duration authPause = Duration.ofMillis(500);

  private int attempts;
  private boolean serverSpoke;
  private AttemptFailed last = new AttemptFailed(FailureClass.REFUSED, "no time for a single try");

  Handshake(
      Guests guests,
      SshEndpoint endpoint,
      SshIdentity identity,
      HostKeyPolicy policy,
      Deadline deadline,
      Liveness liveness) {
    this.guests = guests;
    this.endpoint = endpoint;
    this.identity = identity;
    this.policy = policy;
    this.deadline = deadline;
    this.liveness = liveness;
  }

  HandshakeResult await() throws InterruptedException {
    while (!deadline.passed() && !isHopeless()) {
      try {
        checkAlive();
        attempts++;
        return tryOnce();
      } catch (AttemptFailed e) {
        remember(e);
        if (e.failure() == FailureClass.HOST_KEY || e.failure() == FailureClass.GUEST_DIED) {
          break;
        }
        pause();
      }
    }
    ErrorCode code =
        last.failure() == FailureClass.HOST_KEY
            ? ErrorCode.HOST_KEY_MISMATCH
            : ErrorCode.HANDSHAKE_FAILED;
    return new NotShaken(
        endpoint,
        last.failure(),
        last.detail(),
        attempts,
        deadline.elapsed(),
        code,
        liveness.console().finding(serverSpoke),
        liveness.console().tail());
  }

  /** Asked between tries, so that the last one has an end of its own to tell of. */
  private boolean isHopeless() {
    return liveness.console().finding(serverSpoke).filter(Console.Finding::hopeless).isPresent();
  }

  private HandshakeResult tryOnce() throws AttemptFailed, InterruptedException {
    HandshakeAttempt attempt =
        new HandshakeAttempt(guests, endpoint, identity, policy, deadline, this::checkAlive);
    GuestSession session = attempt.run(bannerWait());
    return new HandshakeResult.Shaken(session, attempts, deadline.elapsed(), attempt.acceptedKey());
  }

  /** A try that the deadline cut short says little, unless it came further than those before. */
  private void remember(AttemptFailed failed) {
    serverSpoke |= failed.failure().serverSpoke();
    boolean cutShort = deadline.passed() && attempts > 1;
    if (!cutShort || failed.failure().compareTo(last.failure()) > 0) {
      last = failed;
    }
  }

  /**
   * A connection made before the guest had a network may never be answered, so the wait is short;
   * but a guest slow to boot is slow to speak, so it grows with the time already waited.
   */
  private Duration bannerWait() {
    Duration share = deadline.elapsed().dividedBy(10);
    if (share.compareTo(LEAST_BANNER_WAIT) < 0) {
      return LEAST_BANNER_WAIT;
    }
    return share.compareTo(MOST_BANNER_WAIT) < 0 ? share : MOST_BANNER_WAIT;
  }

  private void pause() throws InterruptedException {
    if (last.failure() != FailureClass.AUTH) {
      backoff.pause(deadline);
      return;
    }
    Deadline rest = Deadline.after(deadline.ticker(), deadline.capped(authPause));
    Backoff slices = new Backoff(Watch.AT_LEAST_EVERY, Watch.AT_LEAST_EVERY);
    while (!rest.passed() && liveness.deathNotice().isEmpty()) {
      slices.pause(rest);
    }
    Duration doubled = authPause.multipliedBy(2);
    authPause = doubled.compareTo(Duration.ofSeconds(5)) < 0 ? doubled : Duration.ofSeconds(5);
  }

  private void checkAlive() throws AttemptFailed {
    Optional<String> notice = liveness.deathNotice();
    if (notice.isPresent()) {
      throw new AttemptFailed(FailureClass.GUEST_DIED, notice.get());
    }
  }
}
