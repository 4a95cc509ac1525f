package dev.castra.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.guest.HostKeyVerdict.Accepted;
import dev.castra.guest.HostKeyVerdict.Refused;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostKeyPolicyTest {
  private static final String OWN = SshKeys.generate("own").publicKeyLine();
  private static final String OTHER = SshKeys.normalise(SshKeys.generate("other").publicKeyLine());
  private static final String ADDRESS = "127.0.0.1:2222";

  @Test
  void aConfirmedKeyIsTheOnlyOneAccepted() {
    HostKeyPolicy policy = HostKeyPolicy.pinned("api-0", OWN, HostKeyPolicyTest::nobody);

    assertThat(policy.judge(ADDRESS, SshKeys.normalise(OWN)))
        .isEqualTo(new Accepted(new PinnedKey(SshKeys.normalise(OWN), false)));
    assertThat(policy.judge(ADDRESS, OTHER))
        .isEqualTo(
            new Refused(
                "`127.0.0.1:2222` answered with SSH host key `"
                    + SshKeys.fingerprint(OTHER)
                    + "`, not with `"
                    + SshKeys.fingerprint(OWN)
                    + "` of VM `api-0`."));
  }

  @Test
  void firstContactAcceptsAnUnknownKeyAndSaysThatTheSeedWasIgnored() {
    assertThat(
            new HostKeyPolicy("api-0", Optional.of(OWN), false, HostKeyPolicyTest::nobody)
                .judge(ADDRESS, OTHER))
        .isEqualTo(new Accepted(new PinnedKey(OTHER, true)));
    assertThat(HostKeyPolicy.unknown("api-0", HostKeyPolicyTest::nobody).judge(ADDRESS, OTHER))
        .isEqualTo(new Accepted(new PinnedKey(OTHER, false)));
  }

  @Test
  void anotherMachineIsRefusedByNameConfirmedOrNot() {
    Refused byName =
        new Refused(
            "`127.0.0.1:2222` answered with the SSH host key of VM `api-1`, not of `api-0`.");

    assertThat(HostKeyPolicy.pinned("api-0", OWN, HostKeyPolicyTest::api1).judge(ADDRESS, OTHER))
        .isEqualTo(byName);
    assertThat(
            new HostKeyPolicy("api-0", Optional.of(OWN), false, HostKeyPolicyTest::api1)
                .judge(ADDRESS, OTHER))
        .isEqualTo(byName);
    assertThat(HostKeyPolicy.unknown("api-0", HostKeyPolicyTest::api1).judge(ADDRESS, OTHER))
        .isEqualTo(byName);
  }

  @Test
  void aKeyTheLookupGivesToThisVeryMachineIsNotForeign() {
    assertThat(
            new HostKeyPolicy("api-1", Optional.of(OWN), false, HostKeyPolicyTest::api1)
                .judge(ADDRESS, OTHER))
        .isEqualTo(new Accepted(new PinnedKey(OTHER, true)));
  }

  @Test
  void confirmedNeedsAKey() {
    assertThatThrownBy(
            () -> new HostKeyPolicy("api-0", Optional.empty(), true, HostKeyPolicyTest::nobody))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Optional<String> nobody(String key) {
    return Optional.empty();
  }

  private static Optional<String> api1(String key) {
    return key.equals(OTHER) ? Optional.of("api-1") : Optional.empty();
  }
}
