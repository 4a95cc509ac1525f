package dev.castra.guest;

import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/**
 * The process's one SSH client, started on first use. Knows only the keys it is given: it reads
 * neither {@code ~/.ssh} nor an agent. Thread-safe: each waiting thread serves one guest.
 */
public final class Guests implements AutoCloseable {
  /** Curve25519 first: cheap for an emulated CPU; the port is a loopback one in any case. */
  private static final List<BuiltinDHFactories> KEY_EXCHANGES =
      List.of(
          BuiltinDHFactories.curve25519,
          BuiltinDHFactories.curve25519_libssh,
          BuiltinDHFactories.ecdhp256,
          BuiltinDHFactories.ecdhp384,
          BuiltinDHFactories.ecdhp521,
          BuiltinDHFactories.mlkem768x25519,
          BuiltinDHFactories.sntrup761x25519,
          BuiltinDHFactories.sntrup761x25519_openssh,
          BuiltinDHFactories.dhgex256,
          BuiltinDHFactories.dhg16_512,
          BuiltinDHFactories.dhg14_256);

  private static final AttributeRepository.AttributeKey<HandshakeAttempt> ATTEMPT =
      new AttributeRepository.AttributeKey<>();

  private final Ticker ticker;
  private @Nullable SshClient client;
  private boolean closed;

  public Guests(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Waits until the guest answers: connects, reads the banner, exchanges keys, authenticates and
   * runs {@code true}, again and again. Blocks until success, the deadline, a death notice, a
   * hopeless finding on the console, or the answer of another machine.
   *
   * @param liveness asked before each try and at least every 250 ms
   * @throws InterruptedException if the thread is interrupted, within 250 ms
   */
  public HandshakeResult awaitHandshake(
      SshEndpoint endpoint,
      SshIdentity identity,
      HostKeyPolicy policy,
      Deadline deadline,
      Liveness liveness)
      throws InterruptedException {
    return new Handshake(this, endpoint, identity, policy, deadline, liveness).await();
  }

  /** Closes all sessions and ends the client's threads; idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.stop();
      client = null;
    }
  }

  Ticker ticker() {
    return ticker;
  }

  /** Starts a TCP connection whose session is set up and watched by {@code attempt}. */
  ConnectFuture connect(SshEndpoint endpoint, HandshakeAttempt attempt) throws IOException {
    return started()
        .connect(
            endpoint.user(),
            new InetSocketAddress(endpoint.host(), endpoint.port()),
            AttributeRepository.ofKeyValuePair(ATTEMPT, attempt),
            null);
  }

  private synchronized SshClient started() {
    if (closed) {
      throw new IllegalStateException("The SSH client is closed.");
    }
    if (client == null) {
      LibraryLog.silence();
      client = build();
      client.start();
    }
    return client;
  }

  private static SshClient build() {
    SshClient client =
        ClientBuilder.builder()
            .serverKeyVerifier(RejectAllServerKeyVerifier.INSTANCE)
            .hostConfigEntryResolver(HostConfigEntryResolver.EMPTY)
            .keyExchangeFactories(
                NamedFactory.setUpTransformedFactories(true, KEY_EXCHANGES, ClientBuilder.DH2KEX))
            .build();
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
    client.setSessionFactory(new WatchedSessions(client, ATTEMPT));
    configure(client);
    return client;
  }

  private static void configure(SshClient client) {
    CoreModuleProperties.TCP_NODELAY.set(client, true);
    CoreModuleProperties.SOCKET_KEEPALIVE.set(client, true);
    // A script may be silent for hours; heartbeats tell a silent guest from a dead one.
    CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
    CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, Duration.ofSeconds(10));
    CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, 3);
    // Each channel's memory on the host.
    CoreModuleProperties.WINDOW_SIZE.set(client, 512L << 10);
    // How long a guest's disk may stall an upload; the caller's own limit usually comes first.
    CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(client, Duration.ofHours(1));
    CoreModuleProperties.STOP_WAIT_TIME.set(client, Duration.ofSeconds(2));
  }
}
