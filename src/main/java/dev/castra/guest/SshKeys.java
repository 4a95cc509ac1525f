package dev.castra.guest;

import dev.castra.error.CastraBug;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.PrivateFiles;
import dev.castra.vm.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.io.resource.PathResource;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/** Makes, stores and reads SSH keys. */
public final class SshKeys {
  static {
    LibraryLog.silence();
  }

  private SshKeys() {}

  /** A fresh Ed25519 key pair. */
  public static SshIdentity generate(String comment) {
    try {
      return new SshIdentity(KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256), comment);
    } catch (GeneralSecurityException e) {
      throw new CastraBug("no Ed25519 keys on this Java platform", e);
    }
  }

  /**
   * Reads the private key file, or makes a new key there first, mode 0600 from the start, in a
   * folder that exists. Of several processes doing so at once the first one wins and all get its
   * key.
   *
   * @throws CastraException with {@code IO} if the file can be neither read nor written
   */
  public static SshIdentity loadOrCreate(Path privateKey, String comment) {
    if (!Files.exists(privateKey)) {
      try {
        String text = generate(comment).privateKeyText();
        PrivateFiles.createAtomically(privateKey, text.getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        throw new CastraException(
            ErrorCode.IO,
            "SSH key `" + privateKey + "` cannot be written: " + e.getMessage() + ".",
            "Make its folder writable.",
            e);
      }
    }
    return load(privateKey, comment);
  }

  /**
   * Reads an unencrypted private key file, in OpenSSH's format or PEM.
   *
   * @throws CastraException with {@code IO} if it is missing, torn, encrypted or of an unknown kind
   */
  public static SshIdentity load(Path privateKey, String comment) {
    try (ByteArrayInputStream bytes = new ByteArrayInputStream(Files.readAllBytes(privateKey))) {
      Iterable<KeyPair> pairs =
          SecurityUtils.loadKeyPairIdentities(null, new PathResource(privateKey), bytes, null);
      Iterator<KeyPair> found = pairs == null ? List.<KeyPair>of().iterator() : pairs.iterator();
      if (found.hasNext()) {
        return new SshIdentity(found.next(), comment);
      }
      throw unreadable(privateKey, null);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw e instanceof CastraException known ? known : unreadable(privateKey, e);
    }
  }

  /** Kind and key without comment, such as {@code ssh-ed25519 AAAA...}. */
  public static String line(PublicKey key) {
    return PublicKeyEntry.toString(key);
  }

  /**
   * The same key line without comment or options, so that two lines of one key are equal.
   *
   * @throws IllegalArgumentException if it is not a public key line
   */
  public static String normalise(String publicKeyLine) {
    return line(parse(publicKeyLine));
  }

  /**
   * SHA-256 of the key as it goes over the wire, the number in OpenSSH's fingerprint.
   *
   * @throws IllegalArgumentException if it is not a public key line
   */
  public static Sha256 hash(String publicKeyLine) {
    return Sha256.of(Base64.getDecoder().decode(normalise(publicKeyLine).split(" ", -1)[1]));
  }

  /** {@code SHA256:...} as OpenSSH prints it. */
  public static String fingerprint(PublicKey key) {
    return KeyUtils.getFingerPrint(BuiltinDigests.sha256, key);
  }

  /**
   * {@code SHA256:...} as OpenSSH prints it.
   *
   * @throws IllegalArgumentException if it is not a public key line
   */
  public static String fingerprint(String publicKeyLine) {
    return fingerprint(parse(publicKeyLine));
  }

  /**
   * @throws IllegalArgumentException if it is not a public key line
   */
  static PublicKey parse(String publicKeyLine) {
    try {
      List<AuthorizedKeyEntry> entries =
          AuthorizedKeyEntry.readAuthorizedKeys(new StringReader(publicKeyLine), true);
      if (entries.size() == 1) {
        return entries.get(0).resolvePublicKey(null, PublicKeyEntryResolver.FAILING);
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException("Not a public key line: `" + publicKeyLine + "`.", e);
    }
    throw new IllegalArgumentException("Not one public key line: `" + publicKeyLine + "`.");
  }

  static String privateKeyText(SshIdentity identity) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(
          identity.keys(), identity.comment(), null, text);
    } catch (IOException | GeneralSecurityException e) {
      throw new CastraBug("an SSH key cannot be encoded", e);
    }
    return text.toString(StandardCharsets.US_ASCII);
  }

  private static CastraException unreadable(Path privateKey, @Nullable Exception cause) {
    return new CastraException(
        ErrorCode.IO,
        "SSH key `" + privateKey + "` cannot be read as an unencrypted private key.",
        "Restore it from a backup, or move it away so that a new one can be made.",
        cause);
  }
}
