package dev.castra.guest;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.session.ConnectionService;

/**
 * One authenticated SSH connection, used for all steps of a bootstrap. Several commands may run on
 * it at once, each on its own thread. A peer that falls silent is noticed within 40 s.
 */
public final class GuestSession implements AutoCloseable {
  private final ClientSession session;
  private final SshEndpoint endpoint;
  private final Ticker ticker;

  GuestSession(ClientSession session, SshEndpoint endpoint, Ticker ticker) {
    this.session = session;
    this.endpoint = endpoint;
    this.ticker = ticker;
  }

  public SshEndpoint endpoint() {
    return endpoint;
  }

  /**
   * Runs a command and waits for its exit status; blocks. Does not wait for the end of its output:
   * a background child that holds it open is left behind after 200 ms of silence.
   *
   * @param limit how long it may take; the command is not killed in the guest when it passes
   * @throws ConnectionLost if the connection breaks before the exit status is known
   * @throws CastraException with {@code GUEST_FAILED} at the limit or if the guest refuses to run
   *     commands; with {@code IO} if a sink or the source on this side fails
   */
  public RemoteResult exec(RemoteCommand command, Duration limit)
      throws ConnectionLost, InterruptedException {
    Watch<RuntimeException> nothing = () -> {};
    return run(command, limit, nothing)
        .orElseThrow(
            () ->
                new CastraException(
                    ErrorCode.GUEST_FAILED,
                    "%s on `%s` did not end within %s s."
                        .formatted(command.label(), endpoint.address(), limit.toSeconds()),
                    "Run it in the guest by hand to see what it waits for."));
  }

  /** As {@link #exec}, but empty at the limit. */
  <X extends Exception> Optional<RemoteResult> run(
      RemoteCommand command, Duration limit, Watch<X> watch)
      throws X, ConnectionLost, InterruptedException {
    Deadline deadline = Deadline.after(ticker, limit);
    GuestChannel channel = new GuestChannel(command.line());
    try {
      session.getService(ConnectionService.class).registerChannel(channel);
    } catch (IOException | RuntimeException e) {
      throw new ConnectionLost(command.label(), e);
    }
    return new ChannelRun<>(this, channel, command, deadline, watch).await();
  }

  Ticker ticker() {
    return ticker;
  }

  boolean isGoing() {
    return session.isClosing() || session.isClosed();
  }

  /** Ends the connection; what it started in the guest goes on. Idempotent, does not block. */
  @Override
  public void close() {
    session.close(false);
  }
}
