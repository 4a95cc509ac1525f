package dev.castra.guest;

import dev.castra.error.CastraException;
import dev.castra.process.Deadline;
import java.io.IOException;
import java.net.SocketAddress;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.future.SshFuture;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.jspecify.annotations.Nullable;

/** One connection, taken as far as it goes; remembers where it stopped and why. */
final class HandshakeAttempt implements SessionListener, ServerKeyVerifier {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** An emulated CPU may need seconds for what takes milliseconds elsewhere. */
  private static final Duration STEP_LIMIT = Duration.ofSeconds(30);

  /** Host key kinds in order of preference; Ed25519 is what the seed holds. */
  private static final List<BuiltinSignatures> SIGNATURES =
      List.of(
          BuiltinSignatures.ed25519,
          BuiltinSignatures.nistp256,
          BuiltinSignatures.nistp384,
          BuiltinSignatures.nistp521,
          BuiltinSignatures.rsaSHA512,
          BuiltinSignatures.rsaSHA256);

  private final Guests guests;
  private final SshEndpoint endpoint;
  private final SshIdentity identity;
  private final HostKeyPolicy policy;
  private final Deadline deadline;
  private final Watch<AttemptFailed> watch;
  private final CompletableFuture<Boolean> banner = new CompletableFuture<>();
  private final CompletableFuture<Boolean> keys = new CompletableFuture<>();
  private volatile @Nullable HostKeyVerdict verdict;
  private volatile @Nullable String trouble;

  HandshakeAttempt(
      Guests guests,
      SshEndpoint endpoint,
      SshIdentity identity,
      HostKeyPolicy policy,
      Deadline deadline,
      Watch<AttemptFailed> watch) {
    this.guests = guests;
    this.endpoint = endpoint;
    this.identity = identity;
    this.policy = policy;
    this.deadline = deadline;
    this.watch = watch;
  }

  /** The session is open and has run {@code true}; on failure everything is closed. */
  GuestSession run(Duration bannerLimit) throws AttemptFailed, InterruptedException {
    ClientSession session = connect();
    boolean shaken = false;
    try {
      awaitBanner(bannerLimit);
      awaitKeys();
      authenticate(session);
      GuestSession guest = new GuestSession(session, endpoint, guests.ticker());
      runTrue(guest);
      shaken = true;
      return guest;
    } finally {
      if (!shaken) {
        session.close(true);
      }
    }
  }

  PinnedKey acceptedKey() {
    if (verdict instanceof HostKeyVerdict.Accepted accepted) {
      return accepted.key();
    }
    throw new IllegalStateException("No host key was accepted.");
  }

  private ClientSession connect() throws AttemptFailed, InterruptedException {
    ConnectFuture connecting;
    try {
      connecting = guests.connect(endpoint, this);
    } catch (IOException | RuntimeException e) {
      throw new AttemptFailed(FailureClass.REFUSED, describe(e));
    }
    boolean handedOver = false;
    try {
      if (!await(settled(connecting), CONNECT_LIMIT)) {
        throw new AttemptFailed(FailureClass.REFUSED, "the TCP connection was not accepted");
      }
      if (!connecting.isConnected()) {
        throw unconnected(describe(connecting.getException()));
      }
      handedOver = true;
      return connecting.getSession();
    } finally {
      if (!handedOver) {
        connecting.cancel();
      }
    }
  }

  /** A server that hangs up right after its banner can be faster than the library's connecting. */
  private AttemptFailed unconnected(String why) {
    return banner.getNow(false)
        ? new AttemptFailed(FailureClass.KEY_EXCHANGE, troubleOr(why))
        : new AttemptFailed(FailureClass.REFUSED, why);
  }

  private void awaitBanner(Duration limit) throws AttemptFailed, InterruptedException {
    if (!await(banner, limit)) {
      throw new AttemptFailed(
          FailureClass.NO_BANNER, "connected, but no SSH server spoke within " + seconds(limit));
    }
    if (!banner.getNow(false)) {
      throw new AttemptFailed(
          FailureClass.NO_BANNER, troubleOr("the connection was closed before a banner"));
    }
  }

  private void awaitKeys() throws AttemptFailed, InterruptedException {
    boolean done = await(keys, STEP_LIMIT);
    if (verdict instanceof HostKeyVerdict.Refused refused) {
      throw new AttemptFailed(FailureClass.HOST_KEY, refused.message());
    }
    if (!done || !keys.getNow(false)) {
      throw new AttemptFailed(
          FailureClass.KEY_EXCHANGE,
          done ? troubleOr("the connection was closed") : "no end within " + seconds(STEP_LIMIT));
    }
  }

  private void authenticate(ClientSession session) throws AttemptFailed, InterruptedException {
    AuthFuture authenticating;
    try {
      session.addPublicKeyIdentity(identity.keys());
      authenticating = session.auth();
    } catch (IOException | RuntimeException e) {
      throw new AttemptFailed(FailureClass.AUTH, describe(e));
    }
    if (!await(settled(authenticating), STEP_LIMIT)) {
      throw new AttemptFailed(FailureClass.AUTH, "no answer within " + seconds(STEP_LIMIT));
    }
    if (!authenticating.isSuccess()) {
      throw new AttemptFailed(FailureClass.AUTH, describe(authenticating.getException()));
    }
  }

  private void runTrue(GuestSession guest) throws AttemptFailed, InterruptedException {
    try {
      Optional<RemoteResult> result =
          guest.run(RemoteCommand.of("true"), deadline.capped(STEP_LIMIT), watch);
      if (result.isEmpty() || !result.get().succeeded()) {
        String ending = result.map(RemoteResult::ending).orElse("no answer in time");
        throw new AttemptFailed(FailureClass.SHELL, "`true` ended with " + ending);
      }
    } catch (ConnectionLost | CastraException e) {
      throw new AttemptFailed(FailureClass.SHELL, describe(e));
    }
  }

  /** True once it is settled, false at the limit or the deadline. */
  private boolean await(CompletableFuture<Boolean> future, Duration limit)
      throws AttemptFailed, InterruptedException {
    Deadline end = Deadline.after(deadline.ticker(), deadline.capped(limit));
    while (!end.passed()) {
      watch.check();
      try {
        future.get(Math.max(1, end.capped(Watch.AT_LEAST_EVERY).toMillis()), TimeUnit.MILLISECONDS);
        return true;
      } catch (ExecutionException e) {
        return true;
      } catch (TimeoutException notYet) {
        // looked at again after the watch had its say
      }
    }
    return future.isDone();
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the futures differ in a self type of no use here
  private static CompletableFuture<Boolean> settled(SshFuture<?> future) {
    CompletableFuture<Boolean> settled = new CompletableFuture<>();
    ((SshFuture) future).addListener(done -> settled.complete(true));
    return settled;
  }

  /** Called before the first byte, on one of the client's threads, as all below. */
  void watch(ClientSession session) {
    session.setServerKeyVerifier(this);
    session.addSessionListener(this);
    List<NamedFactory<Signature>> factories = new ArrayList<>(SIGNATURES);
    policy.expected().ifPresent(line -> preferKindOf(line, factories));
    session.setSignatureFactories(factories);
  }

  /** A guest with several host keys must show the one it is known by. */
  private static void preferKindOf(String keyLine, List<NamedFactory<Signature>> factories) {
    String kind = keyLine.substring(0, keyLine.indexOf(' '));
    boolean rsa = kind.equals("ssh-rsa");
    factories.sort(
        Comparator.comparing(
            factory ->
                !(factory.getName().equals(kind)
                    || (rsa && factory.getName().startsWith("rsa-")))));
  }

  @Override
  public boolean verifyServerKey(ClientSession session, SocketAddress address, PublicKey key) {
    String offered = SshKeys.line(key);
    if (verdict instanceof HostKeyVerdict.Accepted before) {
      return before.key().line().equals(offered); // keys are exchanged anew from time to time
    }
    HostKeyVerdict decided = policy.judge(endpoint.address(), offered);
    verdict = decided;
    return decided instanceof HostKeyVerdict.Accepted;
  }

  @Override
  public void sessionPeerIdentificationReceived(
      Session session, String version, List<String> extraLines) {
    banner.complete(true);
  }

  @Override
  public void sessionEvent(Session session, Event event) {
    if (event == Event.KeyEstablished) {
      keys.complete(true);
    }
  }

  @Override
  public void sessionException(Session session, Throwable cause) {
    note(describe(cause));
  }

  @Override
  public void sessionDisconnect(
      Session session, int reason, String message, String language, boolean initiator) {
    note(message);
  }

  @Override
  public void sessionClosed(Session session) {
    banner.complete(false);
    keys.complete(false);
  }

  /** The first trouble is the cause, the rest follow from it. */
  private synchronized void note(String seen) {
    if (trouble == null) {
      trouble = seen;
    }
  }

  private String troubleOr(String otherwise) {
    return Objects.requireNonNullElse(trouble, otherwise);
  }

  private static String describe(@Nullable Throwable cause) {
    if (cause == null) {
      return "no reason given";
    }
    Throwable told = cause;
    // A wrapper without words of its own repeats its cause, with the name of its class.
    while (told.getCause() != null && told.getCause().toString().equals(told.getMessage())) {
      told = told.getCause();
    }
    String text = told.getMessage();
    return text == null || text.isBlank() ? told.getClass().getSimpleName() : text;
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
