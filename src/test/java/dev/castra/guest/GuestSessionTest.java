package dev.castra.guest;

import static dev.castra.guest.LiveGuest.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(90)
class GuestSessionTest {
  private final LiveGuest guest = new LiveGuest();
  private GuestSession session;

  @BeforeEach
  void connect() throws Exception {
    session = guest.connect();
  }

  @AfterEach
  void closeAll() {
    session.close();
    guest.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 255})
  void returnsTheExitStatus(int status) throws Exception {
    RemoteResult result = session.exec(RemoteCommand.script("exit $1", "" + status), LONG);

    assertThat(result.exitStatus()).isEqualTo(OptionalInt.of(status));
    assertThat(result.succeeded()).isEqualTo(status == 0);
    assertThat(result.ending()).isEqualTo("exit status " + status);
  }

  @Test
  void returnsTheSignal() throws Exception {
    RemoteResult result = session.exec(RemoteCommand.script("kill -KILL $$"), LONG);

    assertThat(result.signal()).isEqualTo(Optional.of("KILL"));
    assertThat(result.succeeded()).isFalse();
    assertThat(result.ending()).isEqualTo("signal KILL");
  }

  @Test
  void keepsOutputAndErrorsApart() throws Exception {
    RemoteResult result = session.exec(RemoteCommand.script("echo out; echo err >&2"), LONG);

    assertThat(result.stdout()).isEqualTo("out\n");
    assertThat(result.stderr()).isEqualTo("err\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-n",
        "--help",
        "a b",
        "it's",
        "''",
        "\"double\"",
        "$(id)",
        "`id`",
        "${HOME} $HOME $$",
        "a\nb\n",
        "back\\slash\\",
        "! # & ; | > < * ? [x] {a,b} ~",
        "\t\r\u0001\u007f",
        "größe – 漢字 🚀"
      })
  void argumentsArriveByteForByte(String argument) throws Exception {
    RemoteResult result = session.exec(RemoteCommand.of("printf", "%s|%s", argument, "end"), LONG);

    assertThat(result.stdout()).isEqualTo(argument + "|end");
  }

  @Test
  void refusesArgumentsNoCommandLineCanCarry() {
    assertThatThrownBy(() -> ShellQuote.word("a\0b")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ShellQuote.word("\ud83d"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aBackgroundChildDoesNotHoldTheCommandOpen() throws Exception {
    RemoteResult result =
        session.exec(RemoteCommand.script("sleep 600 & echo started; exit 4"), LONG);

    assertThat(result.exitStatus()).isEqualTo(OptionalInt.of(4));
    assertThat(result.stdout()).isEqualTo("started\n");
  }

  @Test
  void aChattyBackgroundChildDoesNotHoldTheCommandOpen() throws Exception {
    RemoteResult result =
        session.exec(
            RemoteCommand.script("while :; do echo noise; sleep 0.01; done & exit 4"), LONG);

    assertThat(result.exitStatus()).isEqualTo(OptionalInt.of(4));
  }

  @Test
  void stdinAndStdoutCarryAnyBytesBothWaysAtOnce() throws Exception {
    byte[] bytes = new byte[5 << 20];
    new Random(1).nextBytes(bytes);
    ByteArrayOutputStream back = new ByteArrayOutputStream();

    RemoteResult result =
        session.exec(
            RemoteCommand.of("cat")
                .withStdin(new ByteArrayInputStream(bytes)::transferTo)
                .withStdout(back),
            LONG);

    assertThat(result.succeeded()).isTrue();
    assertThat(back.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void aCommandThatReadsNothingEndsAllTheSame() throws Exception {
    RemoteResult result =
        session.exec(
            RemoteCommand.script("exit 5").withStdin(out -> out.write(new byte[20 << 20])), LONG);

    assertThat(result.exitStatus()).isEqualTo(OptionalInt.of(5));
  }

  @Test
  void withoutASourceStdinIsEmpty() throws Exception {
    assertThat(session.exec(RemoteCommand.of("wc", "-c"), LONG).stdout().strip()).isEqualTo("0");
  }

  @Test
  void keepsOnlyTheStartOfAFlood() throws Exception {
    RemoteResult result =
        session.exec(RemoteCommand.script("head -c 3000000 /dev/zero | tr '\\0' x"), LONG);

    assertThat(result.stdout()).hasSize(KeptOutput.MOST_BYTES).matches("x+");
  }

  @Test
  void aSinkThatDoesNotTakeMoreHoldsTheGuestBack(@TempDir Path folder) throws Exception {
    Path progress = folder.resolve("progress");
    String script =
        "n=0; while [ $n -lt 400 ]; do head -c 65536 /dev/zero; n=$((n+1)); echo $n >\"$1\"; done";
    AtomicLong most = new AtomicLong();
    OutputStream stuck =
        new OutputStream() {
          @Override
          public void write(int value) {}

          @Override
          public void write(byte[] bytes, int offset, int length) {
            if (most.get() == 0) {
              most.set(settled(progress));
            }
          }
        };

    session.exec(RemoteCommand.script(script, progress.toString()).withStdout(stuck), LONG);

    assertThat(most.get()).isBetween(1L, 40L);
    assertThat(progress).hasContent("400");
  }

  /** The number in the file once it no longer changes. */
  private static long settled(Path file) {
    try {
      String last = "";
      for (int same = 0; same < 10; ) {
        Thread.sleep(50);
        String now = Files.exists(file) ? Files.readString(file).strip() : "";
        same = !now.isEmpty() && now.equals(last) ? same + 1 : 0;
        last = now;
      }
      return Long.parseLong(last);
    } catch (InterruptedException | IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theLimitNamesWhatWasAwaitedAndLeavesTheSession() throws Exception {
    assertThatThrownBy(() -> session.exec(RemoteCommand.of("sleep", "600"), Duration.ofSeconds(1)))
        .isInstanceOfSatisfying(
            CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.GUEST_FAILED))
        .hasMessage("`sleep 600` on `127.0.0.1:%d` did not end within 1 s.", guest.server.port());
    assertThat(session.exec(RemoteCommand.of("true"), LONG).succeeded()).isTrue();
  }

  @Test
  void aFailingSourceOnThisSideIsSaidSo() {
    StdinSource broken =
        out -> {
          out.write(1);
          throw new IOException("disk on fire");
        };

    assertThatThrownBy(() -> session.exec(RemoteCommand.of("cat").withStdin(broken), LONG))
        .isInstanceOfSatisfying(
            CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO))
        .hasMessageContaining("disk on fire");
  }

  @Test
  void aFailingSinkOnThisSideIsSaidSo() throws Exception {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("No space left on device");
          }
        };

    assertThatThrownBy(() -> session.exec(RemoteCommand.of("echo", "x").withStdout(full), LONG))
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("No space left on device");
    assertThat(session.exec(RemoteCommand.of("true"), LONG).succeeded()).isTrue();
  }

  @Test
  void aDroppedConnectionIsNotAFailedCommand() throws Exception {
    OutputStream dropper =
        new OutputStream() {
          @Override
          public void write(int value) {
            guest.server.dropConnections();
          }
        };

    assertThatThrownBy(
            () ->
                session.exec(RemoteCommand.script("echo up; sleep 600").withStdout(dropper), LONG))
        .isInstanceOf(ConnectionLost.class);
    assertThatThrownBy(() -> session.exec(RemoteCommand.of("true"), LONG))
        .isInstanceOf(ConnectionLost.class);
  }

  @Test
  void anInterruptEndsTheCommand() throws Exception {
    FutureTask<RemoteResult> task =
        new FutureTask<>(() -> session.exec(RemoteCommand.of("sleep", "600"), LONG));
    Thread thread = new Thread(task);
    thread.start();
    thread.interrupt();

    assertThatThrownBy(() -> task.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
  }
}
