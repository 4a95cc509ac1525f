package dev.castra.qemu;

import dev.castra.vm.DiskId;
import dev.castra.vm.VmName;
import java.util.regex.Pattern;

/**
 * What a guest is told about itself before its first boot.
 *
 * @param disk a new disk is a new machine to cloud-init
 * @param authorizedKey public key that may log in as root, OpenSSH form on one line
 * @param hostPrivateKey the guest's SSH host key, OpenSSH PEM form, Ed25519
 * @param hostPublicKey its public half, OpenSSH form on one line
 */
public record Seed(
    VmName hostname,
    DiskId disk,
    String authorizedKey,
    String hostPrivateKey,
    String hostPublicKey) {
  private static final Pattern PUBLIC_KEY =
      Pattern.compile("ssh-ed25519 [A-Za-z0-9+/]+=*( [A-Za-z0-9._@-]+)?");
  private static final Pattern PRIVATE_KEY =
      Pattern.compile(
          "-----BEGIN OPENSSH PRIVATE KEY-----\n([A-Za-z0-9+/=]+\n)+"
              + "-----END OPENSSH PRIVATE KEY-----\n?");

  /**
   * @throws IllegalArgumentException if a key does not have its form, which YAML relies on
   */
  public Seed {
    require(PUBLIC_KEY, authorizedKey, "authorised key");
    require(PUBLIC_KEY, hostPublicKey, "public host key");
    require(PRIVATE_KEY, hostPrivateKey, "private host key");
  }

  /** Never prints the private key. */
  @Override
  public String toString() {
    return "Seed[" + hostname + ", disk=" + disk + ", hostPublicKey=" + hostPublicKey + "]";
  }

  private static void require(Pattern form, String value, String what) {
    if (!form.matcher(value).matches()) {
      throw new IllegalArgumentException("Not an OpenSSH Ed25519 key: the " + what + ".");
    }
  }
}
