package dev.castra.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.ErrorCode;
import dev.castra.guest.HandshakeResult.NotShaken;
import dev.castra.guest.HandshakeResult.Shaken;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandshakeTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(2500);

  private final SshIdentity client = SshKeys.generate("castra");
  private final SshGuestServer guest = SshGuestServer.stopped(client);
  private final Guests guests = new Guests(Ticker.system());

  @AfterEach
  void closeAll() {
    guests.close();
    guest.close();
  }

  @Test
  void shakesHandsAndRunsCommandsOnTheSameSession() throws Exception {
    guest.start();

    Shaken shaken = (Shaken) await(seeded(), LONG);

    assertThat(shaken.attempts()).isEqualTo(1);
    assertThat(shaken.hostKey()).isEqualTo(new PinnedKey(hostKeyLine(), false));
    try (GuestSession session = shaken.session()) {
      RemoteResult result = session.exec(RemoteCommand.of("echo", "hello"), LONG);
      assertThat(result.stdout()).isEqualTo("hello\n");
    }
    assertThat(guest.logins()).isEqualTo(1);
    assertThat(guest.commands()).isEqualTo(2);
  }

  @Test
  void waitsForAGuestThatStartsLater() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    CountDownLatch tried = new CountDownLatch(1);
    Liveness counting =
        () -> {
          // Looked at before every try: the third look means that a try has failed.
          if (looks.incrementAndGet() == 3) {
            tried.countDown();
          }
          return Optional.empty();
        };
    CompletableFuture<HandshakeResult> waiting = inBackground(seeded(), LONG, counting);
    tried.await();
    guest.start();

    Shaken shaken = (Shaken) waiting.get();
    assertThat(shaken.attempts()).isGreaterThan(1);
    shaken.session().close();
  }

  @Test
  void saysThatNothingListens() throws Exception {
    NotShaken not = (NotShaken) await(seeded(), SHORT);

    assertThat(not.failure()).isEqualTo(FailureClass.REFUSED);
    assertThat(not.code()).isEqualTo(ErrorCode.HANDSHAKE_FAILED);
    assertThat(not.attempts()).isGreaterThan(3);
    assertThat(not.message())
        .matches(
            "No SSH handshake with `castra@127\\.0\\.0\\.1:\\d+` within \\d+\\.\\d s \\(\\d+ tries\\);"
                + " the last one failed at `refused`: .*[Rr]efused.*\\.");
  }

  @Test
  void saysThatNobodySpokeBehindAnOpenPort() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      SshEndpoint endpoint = new SshEndpoint("127.0.0.1", silent.getLocalPort(), "castra");
      NotShaken not = (NotShaken) await(endpoint, client, seeded(), SHORT, Optional::empty);

      assertThat(not.failure()).isEqualTo(FailureClass.NO_BANNER);
      assertThat(not.attempts()).isBetween(1, 3);
    }
  }

  @Test
  void aSlowBannerIsOnlyALaterSuccess() throws Exception {
    guest.delayBanner(Duration.ofMillis(600));
    guest.start();

    Shaken shaken = (Shaken) await(seeded(), LONG);
    assertThat(shaken.attempts()).isEqualTo(1);
    shaken.session().close();
  }

  @Test
  void saysThatTheKeyExchangeFailed() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      daemon(() -> hangUpAfterBanner(listener));
      SshEndpoint endpoint = new SshEndpoint("127.0.0.1", listener.getLocalPort(), "castra");

      NotShaken not = (NotShaken) await(endpoint, client, seeded(), SHORT, Optional::empty);
      assertThat(not.failure()).as(not.detail()).isEqualTo(FailureClass.KEY_EXCHANGE);
    }
  }

  @Test
  void retriesAnUnknownKeyUntilTheGuestKnowsIt() throws Exception {
    guest.refuseAuth(true);
    guest.start();

    NotShaken not = (NotShaken) await(seeded(), Duration.ofSeconds(4));
    assertThat(not.failure()).isEqualTo(FailureClass.AUTH);
    assertThat(not.attempts()).isBetween(2, 5);

    CompletableFuture<HandshakeResult> waiting = inBackground(seeded(), LONG, Optional::empty);
    guest.refuseAuth(false);
    ((Shaken) waiting.get()).session().close();
  }

  @Test
  void saysThatTheShellDoesNotWork() throws Exception {
    guest.refuseCommands(true);
    guest.start();

    NotShaken not = (NotShaken) await(seeded(), SHORT);
    assertThat(not.failure()).isEqualTo(FailureClass.SHELL);
    assertThat(not.detail()).isEqualTo("`true` ended with exit status 127");
  }

  @Test
  void givesUpAtOnceWhenTheGuestsProcessIsGone() throws Exception {
    AtomicBoolean dead = new AtomicBoolean();
    Liveness liveness =
        () -> dead.get() ? Optional.of("QEMU of VM `api-0` ended.") : Optional.empty();
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      SshEndpoint endpoint = new SshEndpoint("127.0.0.1", silent.getLocalPort(), "castra");
      CompletableFuture<HandshakeResult> waiting =
          inBackground(endpoint, seeded(), Duration.ofHours(1), liveness);
      silent.accept().close();
      dead.set(true);

      NotShaken not = (NotShaken) waiting.get(20, TimeUnit.SECONDS);
      assertThat(not.failure()).isEqualTo(FailureClass.GUEST_DIED);
      assertThat(not.message()).isEqualTo("QEMU of VM `api-0` ended.");
    }
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    FutureTask<HandshakeResult> task = new FutureTask<>(() -> await(seeded(), Duration.ofHours(1)));
    Thread thread = new Thread(task);
    thread.start();
    thread.interrupt();

    assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
  }

  private HostKeyPolicy seeded() {
    return new HostKeyPolicy(
        "api-0", Optional.of(guest.hostKey().publicKeyLine()), false, LiveGuest::nobody);
  }

  private String hostKeyLine() {
    return SshKeys.normalise(guest.hostKey().publicKeyLine());
  }

  private HandshakeResult await(HostKeyPolicy policy, Duration limit) throws InterruptedException {
    return await(guest.endpoint(), client, policy, limit, Optional::empty);
  }

  private HandshakeResult await(
      SshEndpoint endpoint,
      SshIdentity identity,
      HostKeyPolicy policy,
      Duration limit,
      Liveness liveness)
      throws InterruptedException {
    Deadline deadline = Deadline.after(Ticker.system(), limit);
    return guests.awaitHandshake(endpoint, identity, policy, deadline, liveness);
  }

  private CompletableFuture<HandshakeResult> inBackground(
      HostKeyPolicy policy, Duration limit, Liveness liveness) {
    return inBackground(guest.endpoint(), policy, limit, liveness);
  }

  private CompletableFuture<HandshakeResult> inBackground(
      SshEndpoint endpoint, HostKeyPolicy policy, Duration limit, Liveness liveness) {
    CompletableFuture<HandshakeResult> result = new CompletableFuture<>();
    daemon(
        () -> {
          try {
            result.complete(await(endpoint, client, policy, limit, liveness));
          } catch (InterruptedException | RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private static void hangUpAfterBanner(ServerSocket listener) {
    while (true) {
      try (Socket socket = listener.accept();
          OutputStream out = socket.getOutputStream()) {
        out.write("SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        socket.shutdownOutput();
        // Closing with unread bytes would reset the connection and take the banner with it.
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      } catch (java.io.IOException closed) {
        return;
      }
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }
}
