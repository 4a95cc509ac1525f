package dev.castra.bootstrap;

import dev.castra.vm.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Key of the hash (HMAC-SHA-256, RFC 2104) under which env values are compared, so that neither the
 * database nor an artifact hash lets anyone guess a value.
 */
public final class EnvHashKey {
  /** Length of the key. */
  public static final int BYTES = 32;

  private final byte[] key;

  /**
   * @throws IllegalArgumentException if {@code key} is not 32 bytes long
   */
  public EnvHashKey(byte[] key) {
    if (key.length != BYTES) {
      throw new IllegalArgumentException("An env hash key has " + BYTES + " bytes.");
    }
    this.key = key.clone();
  }

  public static EnvHashKey generate() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return new EnvHashKey(key);
  }

  public byte[] bytes() {
    return key.clone();
  }

  /** What an artifact's manifest holds for this entry. */
  public Sha256 hash(String name, String value) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(name.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) '=');
      mac.update(value.getBytes(StandardCharsets.UTF_8));
      return new Sha256(HexFormat.of().formatHex(mac.doFinal()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HmacSHA256.", e);
    }
  }
}
