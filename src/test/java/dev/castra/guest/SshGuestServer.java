package dev.castra.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;

/**
 * A real SSH server on a free loopback port that stands in for a guest: it runs commands with this
 * machine's {@code /bin/sh}. Public, so that tests of other packages can use it. Everything it
 * started is killed when it is closed, detached processes too.
 */
public final class SshGuestServer implements AutoCloseable {
  private final Set<PublicKey> authorised = ConcurrentHashMap.newKeySet();
  private final Set<String> commands = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger logins = new AtomicInteger();
  private final AtomicInteger commandCount = new AtomicInteger();
  private final ProcessMark mark =
      new ProcessMark("CASTRA_TEST_GUEST", UUID.randomUUID().toString());
  private final int port;
  private volatile SshIdentity hostKey;
  private volatile boolean refuseAuth;
  private volatile boolean refuseCommands;
  private volatile Duration bannerDelay = Duration.ZERO;
  private volatile Map<String, String> environment = Map.of();
  private SshServer server;

  private SshGuestServer(SshIdentity hostKey, int port) {
    this.hostKey = hostKey;
    this.port = port;
    this.server = build();
  }

  /** Started, with a fresh host key, accepting exactly these client keys. */
  public static SshGuestServer start(SshIdentity... clients) {
    SshGuestServer guest = stopped(clients);
    guest.start();
    return guest;
  }

  /** Not listening yet; its port is known and free. */
  public static SshGuestServer stopped(SshIdentity... clients) {
    SshGuestServer guest = new SshGuestServer(SshKeys.generate("guest"), freePort());
    List.of(clients).forEach(guest::authorise);
    return guest;
  }

  public void authorise(SshIdentity client) {
    authorised.add(client.keys().getPublic());
  }

  public int port() {
    return port;
  }

  public SshEndpoint endpoint() {
    return new SshEndpoint("127.0.0.1", port, "castra");
  }

  public SshIdentity hostKey() {
    return hostKey;
  }

  /** Takes effect at the next {@link #start()}. */
  public void useHostKey(SshIdentity key) {
    hostKey = key;
  }

  public void refuseAuth(boolean refuse) {
    refuseAuth = refuse;
  }

  /** True: every command ends with status 127 without being run. */
  public void refuseCommands(boolean refuse) {
    refuseCommands = refuse;
  }

  /** How long a connection stays silent before the banner. */
  public void delayBanner(Duration delay) {
    bannerDelay = delay;
  }

  /** Variables for commands started from now on, such as {@code PATH}. */
  public void setEnvironment(Map<String, String> variables) {
    environment = Map.copyOf(variables);
  }

  /** TCP connections accepted since the start. */
  public int connections() {
    return connections.get();
  }

  /** Successful authentications. */
  public int logins() {
    return logins.get();
  }

  /** Commands run. */
  public int commands() {
    return commandCount.get();
  }

  /** Cuts all connections without a word; what runs goes on, as under a real server. */
  public void dropConnections() {
    server.getActiveSessions().forEach(session -> session.getIoSession().close(true));
  }

  public void start() {
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops listening and cuts all connections. */
  public void stop() {
    try {
      server.stop(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server = build();
  }

  /** As after a new disk: the same port, another host key. */
  public void restartWith(SshIdentity newHostKey) {
    stop();
    useHostKey(newHostKey);
    server = build();
    start();
  }

  @Override
  public void close() {
    stop();
    mark.killAll();
  }

  private SshServer build() {
    SshServer built = SshServer.setUpDefaultServer();
    built.setHost("127.0.0.1");
    built.setPort(port);
    built.setKeyPairProvider(KeyPairProvider.wrap(hostKey.keys()));
    built.setPublickeyAuthenticator((user, key, session) -> accepts(key));
    built.setPasswordAuthenticator(null);
    built.setKeyboardInteractiveAuthenticator(null);
    built.setCommandFactory((channel, command) -> new HostCommand(this, command, mark));
    built.addSessionListener(new Counter());
    CoreModuleProperties.IDLE_TIMEOUT.set(built, Duration.ZERO);
    // There may be hundreds of servers in one process.
    CoreModuleProperties.NIO_WORKERS.set(built, 2);
    CoreModuleProperties.STOP_WAIT_TIME.set(built, Duration.ofSeconds(1));
    return built;
  }

  private boolean accepts(PublicKey key) {
    return !refuseAuth && authorised.stream().anyMatch(known -> KeyUtils.compareKeys(known, key));
  }

  boolean refusesCommands() {
    return refuseCommands;
  }

  Map<String, String> environment() {
    return environment;
  }

  void count(String command) {
    commands.add(command);
    commandCount.incrementAndGet();
  }

  /** Every command line run so far. */
  public Set<String> commandLines() {
    return Set.copyOf(commands);
  }

  /**
   * Below the range that the kernel takes ports of outgoing connections from: those would take it
   * while a server is stopped for a moment.
   */
  private static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
      try (ServerSocketChannel probe = ServerSocketChannel.open()) {
        probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (BindException taken) {
        // The next one, then.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final class Counter implements SessionListener {
    @Override
    public void sessionCreated(Session session) {
      connections.incrementAndGet();
    }

    /** Raised on the connection's thread before the banner is sent. */
    @Override
    public void sessionEstablished(Session session) {
      if (!bannerDelay.isZero()) {
        try {
          Thread.sleep(bannerDelay.toMillis());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    @Override
    public void sessionEvent(Session session, Event event) {
      if (event == Event.Authenticated) {
        logins.incrementAndGet();
      }
    }
  }
}
