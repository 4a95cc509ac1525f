package dev.castra.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.error.CastraException;
import dev.castra.guest.HandshakeResult.NotShaken;
import dev.castra.guest.HandshakeResult.Shaken;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a guest's console shows, and how it ends the wait for the guest. */
@Timeout(60)
class ConsoleHandshakeTest {
  private static final Duration FOR_EVER = Duration.ofHours(1);

  private final SshIdentity client = SshKeys.generate("castra");
  private final SshGuestServer guest = SshGuestServer.stopped(client);
  private final Guests guests = new Guests(Ticker.system());

  @AfterEach
  void closeAll() {
    guests.close();
    guest.close();
  }

  @Test
  void aGuestThatShowsToBeStuckIsGivenUpLongBeforeTheDeadline() throws Exception {
    AfterTries console = new AfterTries(3);

    NotShaken not = (NotShaken) await(FOR_EVER, console);

    assertThat(not.attempts()).isEqualTo(3);
    assertThat(not.failure()).isEqualTo(FailureClass.REFUSED);
    assertThat(not.consoleTail()).containsExactly("last words");
    CastraException e = not.toException();
    assertThat(e.getMessage())
        .startsWith("It shows a panic. No SSH handshake with `castra@127.0.0.1:")
        .contains("(3 tries); the last one failed at `refused`: ");
    assertThat(e.hint()).isEqualTo("Mend what it shows.");
  }

  @Test
  void aGuestThatAnswersIsNotAskedWhatItShowed() throws Exception {
    guest.start();

    Shaken shaken = (Shaken) await(FOR_EVER, new AfterTries(1));

    shaken.session().close();
  }

  @Test
  void whatMayStillPassIsToldOnlyAtTheDeadline() throws Exception {
    NotShaken not =
        (NotShaken)
            await(Duration.ofSeconds(1), new ShownConsole("It shows a menu.", false, List.of()));

    assertThat(not.elapsed()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    assertThat(not.message()).startsWith("It shows a menu. No SSH handshake");
  }

  @Test
  void theConsoleIsToldWhetherAServerHasSpoken() throws Exception {
    List<Boolean> told = new ArrayList<>();
    Console listening =
        new Console() {
          @Override
          public Optional<Finding> finding(boolean serverSpoke) {
            told.add(serverSpoke);
            return Optional.empty();
          }

          @Override
          public List<String> tail() {
            return List.of();
          }
        };
    await(Duration.ofSeconds(1), listening);
    assertThat(told).isNotEmpty().containsOnly(false);
    told.clear();
    guest.refuseAuth(true);
    guest.start();

    NotShaken not = (NotShaken) await(Duration.ofSeconds(3), listening);

    assertThat(not.failure()).isEqualTo(FailureClass.AUTH);
    assertThat(told).startsWith(false).endsWith(true);
  }

  @Test
  void theDeathOfTheMachineIsToldWithTheLastLinesOfItsConsole() throws Exception {
    NotShaken not =
        (NotShaken)
            guests.awaitHandshake(
                guest.endpoint(),
                client,
                policy(),
                Deadline.after(Ticker.system(), FOR_EVER),
                watching(
                    Optional.of("QEMU is gone."),
                    new ShownConsole("It shows a menu.", false, List.of("last words"))));

    assertThat(not.failure()).isEqualTo(FailureClass.GUEST_DIED);
    assertThat(not.toException()).hasMessage("QEMU is gone.");
    assertThat(not.toException().hint()).isEqualTo("Look at the QEMU and serial logs.");
    assertThat(not.consoleTail()).containsExactly("last words");
  }

  /** Hopeless from the nth try on. */
  private static final class AfterTries implements Console {
    private final int tries;
    private int looks;

    AfterTries(int tries) {
      this.tries = tries;
    }

    @Override
    public Optional<Finding> finding(boolean serverSpoke) {
      return new ShownConsole("It shows a panic.", looks++ >= tries, tail()).finding(serverSpoke);
    }

    @Override
    public List<String> tail() {
      return List.of("last words");
    }
  }

  private HandshakeResult await(Duration limit, Console console) throws InterruptedException {
    return guests.awaitHandshake(
        guest.endpoint(),
        client,
        policy(),
        Deadline.after(Ticker.system(), limit),
        watching(Optional.empty(), console));
  }

  private HostKeyPolicy policy() {
    return new HostKeyPolicy(
        "api-0", Optional.of(guest.hostKey().publicKeyLine()), false, LiveGuest::nobody);
  }

  private static Liveness watching(Optional<String> death, Console console) {
    return new Liveness() {
      @Override
      public Optional<String> deathNotice() {
        return death;
      }

      @Override
      public Console console() {
        return console;
      }
    };
  }
}
