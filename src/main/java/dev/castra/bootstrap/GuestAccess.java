package dev.castra.bootstrap;

import dev.castra.guest.Console;
import dev.castra.guest.GuestSession;
import dev.castra.guest.Guests;
import dev.castra.guest.HandshakeResult;
import dev.castra.guest.HostKeyPolicy;
import dev.castra.guest.Liveness;
import dev.castra.guest.PinnedKey;
import dev.castra.guest.SshEndpoint;
import dev.castra.guest.SshIdentity;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import java.time.Duration;
import java.util.Optional;

/**
 * How to reach one guest in its present boot. For one thread at a time, but for {@link
 * #reconnectToStop}.
 */
public final class GuestAccess {
  private static final Duration DYING = Duration.ofSeconds(1);

  private final Guests guests;
  private final SshEndpoint endpoint;
  private final SshIdentity identity;
  private final Surroundings surroundings;
  private final Ticker ticker;
  private volatile HostKeyPolicy policy;

  public GuestAccess(
      Guests guests,
      SshEndpoint endpoint,
      SshIdentity identity,
      HostKeyPolicy policy,
      Surroundings surroundings,
      Ticker ticker) {
    this.guests = guests;
    this.endpoint = endpoint;
    this.identity = identity;
    this.policy = policy;
    this.surroundings = surroundings;
    this.ticker = ticker;
  }

  /** Waits for the guest's authenticated answer; from the first one on its host key is fixed. */
  public HandshakeResult awaitHandshake(Duration limit) throws InterruptedException {
    HandshakeResult result = awaitHandshake(limit, reasonsToGiveUp());
    if (result instanceof HandshakeResult.Shaken shaken) {
      fix(shaken.hostKey());
    }
    return result;
  }

  private HandshakeResult awaitHandshake(Duration limit, Liveness reasonsToGiveUp)
      throws InterruptedException {
    return guests.awaitHandshake(
        endpoint, identity, policy, Deadline.after(ticker, limit), reasonsToGiveUp);
  }

  private void fix(PinnedKey key) {
    policy = HostKeyPolicy.pinned(policy.vm(), key.line(), policy.ownerOf());
  }

  /** A new session after the old one was lost; empty if there is none within {@code limit}. */
  public Optional<GuestSession> reconnect(Duration limit) throws InterruptedException {
    return awaitHandshake(limit) instanceof HandshakeResult.Shaken shaken
        ? Optional.of(shaken.session())
        : Optional.empty();
  }

  /**
   * As {@link #reconnect} after a handshake, for whoever has something to end in the guest because
   * the user wants to stop: that wish is no reason to give up.
   */
  public Optional<GuestSession> reconnectToStop(Duration limit) throws InterruptedException {
    Liveness whileItLives = surroundings::deathNotice;
    return awaitHandshake(limit, whileItLives) instanceof HandshakeResult.Shaken shaken
        ? Optional.of(shaken.session())
        : Optional.empty();
  }

  Optional<String> stopRequest() {
    return surroundings.stopRequest();
  }

  /** Why the machine is gone; empty while it lives. */
  public Optional<String> deathNotice() {
    return surroundings.deathNotice();
  }

  /**
   * The same when the connection has just been lost: a process that is killed closes its
   * connections a moment before it is gone. Blocks up to a second.
   */
  Optional<String> deathNoticeAfterLoss() throws InterruptedException {
    Deadline deadline = Deadline.after(ticker, DYING);
    Backoff backoff = Backoff.standard();
    Optional<String> notice = deathNotice();
    while (notice.isEmpty() && !deadline.passed()) {
      backoff.pause(deadline);
      notice = deathNotice();
    }
    return notice;
  }

  /** Why the user wants to stop; empty while they do not. */
  public Optional<String> cancelled() {
    return surroundings.cancelled();
  }

  public Ticker ticker() {
    return ticker;
  }

  private Liveness reasonsToGiveUp() {
    return new Liveness() {
      @Override
      public Optional<String> deathNotice() {
        return surroundings.cancelled().or(surroundings::deathNotice);
      }

      @Override
      public Console console() {
        return surroundings.console();
      }
    };
  }
}
