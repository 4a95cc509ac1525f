package dev.castra.guest;

import java.util.Optional;
import java.util.function.Function;

/**
 * Which host key a guest must show. A key confirmed on this disk is the only one accepted. Before
 * that, on first contact, a key nobody else in the project has is accepted too, because an image
 * may ignore its seed.
 *
 * @param vm name of the machine that should answer, for messages
 * @param expected public key line given to the guest or pinned before; empty if there is none yet
 * @param confirmed true if a handshake with {@code expected} succeeded on this disk before
 * @param ownerOf finds the machine of this project that has a key; asked with the line without
 *     comment, as {@link SshKeys#normalise} gives it, and possibly on another thread
 */
public record HostKeyPolicy(
    String vm,
    Optional<String> expected,
    boolean confirmed,
    Function<String, Optional<String>> ownerOf) {
  public HostKeyPolicy {
    expected = expected.map(SshKeys::normalise);
    if (confirmed && expected.isEmpty()) {
      throw new IllegalArgumentException("No host key to be confirmed for `" + vm + "`.");
    }
  }

  /** Only this key will do. */
  public static HostKeyPolicy pinned(
      String vm, String keyLine, Function<String, Optional<String>> ownerOf) {
    return new HostKeyPolicy(vm, Optional.of(keyLine), true, ownerOf);
  }

  /** A machine Castra gave no key to, on first contact. */
  public static HostKeyPolicy unknown(String vm, Function<String, Optional<String>> ownerOf) {
    return new HostKeyPolicy(vm, Optional.empty(), false, ownerOf);
  }

  /**
   * Decides about the key that {@code address} showed.
   *
   * @param offered key line without comment
   */
  public HostKeyVerdict judge(String address, String offered) {
    if (expected.filter(offered::equals).isPresent()) {
      return new HostKeyVerdict.Accepted(new PinnedKey(offered, false));
    }
    Optional<String> other = ownerOf.apply(offered).filter(owner -> !owner.equals(vm));
    if (other.isPresent()) {
      return new HostKeyVerdict.Refused(
          "`%s` answered with the SSH host key of VM `%s`, not of `%s`."
              .formatted(address, other.get(), vm));
    }
    if (confirmed) {
      return new HostKeyVerdict.Refused(
          "`%s` answered with SSH host key `%s`, not with `%s` of VM `%s`."
              .formatted(
                  address,
                  SshKeys.fingerprint(offered),
                  SshKeys.fingerprint(expected.orElseThrow()),
                  vm));
    }
    return new HostKeyVerdict.Accepted(new PinnedKey(offered, expected.isPresent()));
  }
}
