package dev.castra.guest;

import dev.castra.guest.HandshakeResult.Shaken;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import java.time.Duration;
import java.util.Optional;

/** A server and a client that knows it, for tests that need a session and nothing special. */
final class LiveGuest implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(60);

  final SshIdentity client = SshKeys.generate("castra");
  final SshGuestServer server = SshGuestServer.start(client);
  final Guests guests = new Guests(Ticker.system());

  HandshakeResult handshake(HostKeyPolicy policy) throws InterruptedException {
    return guests.awaitHandshake(
        server.endpoint(), client, policy, Deadline.after(Ticker.system(), LONG), Optional::empty);
  }

  GuestSession connect() throws InterruptedException {
    String key = server.hostKey().publicKeyLine();
    HandshakeResult result = handshake(HostKeyPolicy.pinned("api-0", key, LiveGuest::nobody));
    if (result instanceof Shaken shaken) {
      return shaken.session();
    }
    throw new AssertionError(result);
  }

  /** A project without other machines. */
  static Optional<String> nobody(String key) {
    return Optional.empty();
  }

  @Override
  public void close() {
    guests.close();
    server.close();
  }
}
