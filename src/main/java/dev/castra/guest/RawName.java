package dev.castra.guest;

import java.nio.charset.StandardCharsets;

/**
 * A file name, path or link target as bytes, since a name need not be text in any charset.
 *
 * @param latin1 one character from U+0001 to U+00FF per byte
 */
public record RawName(String latin1) {
  public RawName {
    if (latin1.isEmpty() || latin1.chars().anyMatch(unit -> unit == 0 || unit > 0xFF)) {
      throw new IllegalArgumentException("Not a file name.");
    }
  }

  public static RawName of(byte[] bytes) {
    return new RawName(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /** The name in UTF-8. */
  public static RawName of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  public byte[] bytes() {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** As text where it is UTF-8. */
  @Override
  public String toString() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }
}
