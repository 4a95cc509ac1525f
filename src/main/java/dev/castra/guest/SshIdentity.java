package dev.castra.guest;

import java.security.KeyPair;

/**
 * A key pair and what to call it.
 *
 * @param keys private and public half; never printed
 * @param comment text at the end of the public key line, without line breaks
 */
public record SshIdentity(KeyPair keys, String comment) {
  public SshIdentity {
    if (comment.contains("\n") || comment.contains("\r")) {
      throw new IllegalArgumentException("A key comment is one line.");
    }
  }

  /** One line as in {@code authorized_keys}, such as {@code ssh-ed25519 AAAA... castra}. */
  public String publicKeyLine() {
    return (SshKeys.line(keys.getPublic()) + " " + comment).strip();
  }

  /** {@code SHA256:...} as OpenSSH prints it. */
  public String fingerprint() {
    return SshKeys.fingerprint(keys.getPublic());
  }

  /** The unencrypted private key in OpenSSH's format, as {@code ssh-keygen} writes it. */
  public String privateKeyText() {
    return SshKeys.privateKeyText(this);
  }

  /** Never shows the private half. */
  @Override
  public String toString() {
    return "SshIdentity[" + publicKeyLine() + "]";
  }
}
