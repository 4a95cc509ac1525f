package dev.castra.bootstrap;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The bytes of a file name. POSIX names are bytes; Java's strings of them depend on the locale and
 * lose what does not decode. A path's URI keeps every byte, percent-encoded.
 */
final class NameBytes {
  private NameBytes() {}

  /** Bytes of the absolute form of {@code path}, without a trailing slash. */
  static byte[] absolute(Path path) {
    byte[] bytes = percentDecoded(path.toUri().getRawPath());
    boolean folder = bytes.length > 1 && bytes[bytes.length - 1] == '/';
    return folder ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
  }

  /** Bytes of the last component of {@code path}. */
  static byte[] lastComponent(Path path) {
    byte[] bytes = absolute(path);
    int start = bytes.length;
    while (start > 0 && bytes[start - 1] != '/') {
      start--;
    }
    return Arrays.copyOfRange(bytes, start, bytes.length);
  }

  /**
   * Bytes of a relative path, such as the target of a symbolic link; a trailing slash is part of
   * it.
   */
  static byte[] relative(Path path) {
    byte[] bytes = absolute(Path.of("/").resolve(path));
    byte[] relative = Arrays.copyOfRange(bytes, 1, bytes.length);
    return path.toString().endsWith("/") ? withSlash(relative) : relative;
  }

  private static byte[] withSlash(byte[] bytes) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    longer[bytes.length] = '/';
    return longer;
  }

  /**
   * A form for people, logs and the database: two names have the same one only if they are equal.
   * Control characters, backslashes and bytes that are not UTF-8 become {@code \xHH}.
   */
  static String printable(byte[] name) {
    StringBuilder text = new StringBuilder();
    int start = 0;
    while (start < name.length) {
      int length = sequenceLength(name, start);
      String decoded = length == 0 ? "" : decode(name, start, length);
      if (decoded.isEmpty() || decoded.equals("\\") || Character.isISOControl(decoded.charAt(0))) {
        text.append(String.format("\\x%02x", name[start] & 0xff));
        start++;
      } else {
        text.append(decoded);
        start += length;
      }
    }
    return text.toString();
  }

  private static int sequenceLength(byte[] name, int start) {
    int first = name[start] & 0xff;
    int length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return start + length <= name.length ? length : 0;
  }

  private static String decode(byte[] name, int start, int length) {
    try {
      CharBuffer decoded =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name, start, length));
      return decoded.toString();
    } catch (CharacterCodingException notUtf8) {
      return "";
    }
  }

  private static byte[] percentDecoded(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        bytes.write(Integer.parseInt(text, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    return bytes.toByteArray();
  }
}
