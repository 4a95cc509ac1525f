package dev.castra.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.error.ErrorCode;
import dev.castra.guest.HandshakeResult.NotShaken;
import dev.castra.guest.HandshakeResult.Shaken;
import java.security.KeyPairGenerator;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HostKeyHandshakeTest {
  private final LiveGuest guest = new LiveGuest();

  @AfterEach
  void closeAll() {
    guest.close();
  }

  @Test
  void refusesAtOnceAnotherKeyThanTheConfirmedOne() throws Exception {
    String confirmed = SshKeys.generate("confirmed").publicKeyLine();

    NotShaken not =
        (NotShaken) guest.handshake(HostKeyPolicy.pinned("api-0", confirmed, LiveGuest::nobody));

    assertThat(not.failure()).isEqualTo(FailureClass.HOST_KEY);
    assertThat(not.code()).isEqualTo(ErrorCode.HOST_KEY_MISMATCH);
    assertThat(not.attempts()).isEqualTo(1);
    assertThat(not.message())
        .contains(guest.server.hostKey().fingerprint(), SshKeys.fingerprint(confirmed), "`api-0`");
    assertThat(guest.server.logins()).isZero();
  }

  @Test
  void refusesAnotherVmByName() throws Exception {
    HostKeyPolicy policy =
        new HostKeyPolicy(
            "api-0",
            Optional.of(SshKeys.generate("seed").publicKeyLine()),
            false,
            key -> key.equals(hostKeyLine()) ? Optional.of("api-1") : Optional.empty());

    NotShaken not = (NotShaken) guest.handshake(policy);

    assertThat(not.toException().code()).isEqualTo(ErrorCode.HOST_KEY_MISMATCH);
    assertThat(not.toException().getMessage())
        .isEqualTo(
            "`127.0.0.1:%d` answered with the SSH host key of VM `api-1`, not of `api-0`."
                .formatted(guest.server.port()));
  }

  @Test
  void anImageThatIgnoresTheSeedIsPinnedOnFirstContact() throws Exception {
    HostKeyPolicy policy =
        new HostKeyPolicy(
            "api-0",
            Optional.of(SshKeys.generate("seed").publicKeyLine()),
            false,
            LiveGuest::nobody);

    Shaken shaken = (Shaken) guest.handshake(policy);

    assertThat(shaken.hostKey()).isEqualTo(new PinnedKey(hostKeyLine(), true));
    shaken.session().close();
  }

  @Test
  void hostKeysOfOtherKindsCanBePinned() throws Exception {
    for (String kind : new String[] {"EC", "RSA"}) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
      generator.initialize(kind.equals("EC") ? 256 : 2048);
      guest.server.restartWith(new SshIdentity(generator.generateKeyPair(), kind));

      Shaken shaken =
          (Shaken) guest.handshake(HostKeyPolicy.pinned("api-0", hostKeyLine(), LiveGuest::nobody));
      assertThat(shaken.hostKey().line()).isEqualTo(hostKeyLine());
      shaken.session().close();
    }
  }

  private String hostKeyLine() {
    return SshKeys.normalise(guest.server.hostKey().publicKeyLine());
  }
}
