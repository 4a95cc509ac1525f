package dev.castra.guest;

/**
 * The host key a guest proved to have.
 *
 * @param line kind and key without comment, to be kept with the disk
 * @param seedIgnored true if it is not the key the guest was given: its image ignores the seed, so
 *     the caller pins this one and says so
 */
public record PinnedKey(String line, boolean seedIgnored) {
  /** {@code SHA256:...} as OpenSSH prints it. */
  public String fingerprint() {
    return SshKeys.fingerprint(line);
  }
}
