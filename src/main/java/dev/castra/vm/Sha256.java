package dev.castra.vm;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** A SHA-256 digest as 64 lower-case hexadecimal digits (FIPS 180-4). */
public record Sha256(String hex) {
  private static final Pattern VALID = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws IllegalArgumentException if {@code hex} is not 64 lower-case hexadecimal digits
   */
  public Sha256 {
    if (!VALID.matcher(hex).matches()) {
      throw new IllegalArgumentException("Not a SHA-256 digest: `" + hex + "`.");
    }
  }

  public static Sha256 of(byte[] bytes) {
    return finish(newDigest(), bytes);
  }

  /** Wraps the result of {@link #newDigest()} after the caller fed it; resets the digest. */
  public static Sha256 finish(MessageDigest digest) {
    return new Sha256(HexFormat.of().formatHex(digest.digest()));
  }

  private static Sha256 finish(MessageDigest digest, byte[] bytes) {
    digest.update(bytes);
    return finish(digest);
  }

  /** A fresh digest; every Java platform must provide SHA-256. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first twelve digits, for people. */
  public String brief() {
    return hex.substring(0, 12);
  }

  @Override
  public String toString() {
    return hex;
  }
}
