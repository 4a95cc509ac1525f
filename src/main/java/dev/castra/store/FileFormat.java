package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.h2.engine.Constants;
import org.h2.mvstore.DataUtils;
import org.jspecify.annotations.Nullable;

/**
 * The header of an H2 file, as <a href="https://h2database.com/html/mvstore.html#fileFormat">its
 * documentation</a> describes it: two equal blocks of text, which name the newest part.
 */
final class FileFormat {
  /** What H2 2.4.240 reads and writes. */
  private static final int SUPPORTED = 3;

  private static final int BLOCK = 4_096;
  private static final int FOOTER = 128;

  /** Longest header of a chunk. */
  private static final int CHUNK_HEADER = 1_024;

  private FileFormat() {}

  static void require(Path file, FileChannel channel) throws IOException {
    Optional<Map<String, String>> header = header(channel);
    if (header.isEmpty()) {
      // H2 says so itself, and knows better whether it can go on.
      return;
    }
    String format = header.get().getOrDefault("format", "1");
    if (!format.equals(String.valueOf(SUPPORTED))) {
      throw refused(file, format, null);
    }
    if (header.get().getOrDefault("clean", "0").equals("1")) {
      requireNewestPart(file, channel, header.get());
    }
  }

  private static void requireNewestPart(Path file, FileChannel channel, Map<String, String> header)
      throws IOException {
    long start = number(header.get("block")) * BLOCK;
    Map<String, String> chunk = fields(read(channel, start, CHUNK_HEADER));
    String id = header.getOrDefault("chunk", "");
    boolean there = id.equals(chunk.get("chunk"));
    if (there) {
      long end = start + number(chunk.get("len")) * BLOCK;
      there = id.equals(fields(read(channel, end - FOOTER, FOOTER)).get("chunk"));
    }
    if (!there) {
      throw DatabaseTrouble.damaged(
          file, "its newest part is missing, which begins at byte " + start, null);
    }
  }

  private static long number(@Nullable String hex) {
    try {
      return hex == null ? Long.MAX_VALUE >> 16 : Long.parseLong(hex, 16);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE >> 16;
    }
  }

  /** The first of the two that is not damaged. */
  private static Optional<Map<String, String>> header(FileChannel channel) throws IOException {
    for (int copy = 0; copy < 2; copy++) {
      String text = read(channel, (long) copy * BLOCK, BLOCK);
      int check = text.indexOf(",fletcher:");
      if (text.startsWith("H:2,") && check > 0) {
        Map<String, String> fields = fields(text);
        byte[] checked = text.substring(0, check).getBytes(StandardCharsets.ISO_8859_1);
        int sum = DataUtils.getFletcher32(checked, 0, checked.length);
        if (Integer.toHexString(sum).equals(fields.get("fletcher"))) {
          return Optional.of(fields);
        }
      }
    }
    return Optional.empty();
  }

  /** Such as {@code chunk:1a,block:2d}, up to the line's end. */
  private static Map<String, String> fields(String text) {
    Map<String, String> fields = new HashMap<>();
    String line = text.lines().findFirst().orElse("");
    for (String field : line.strip().split(",", -1)) {
      int colon = field.indexOf(':');
      if (colon > 0) {
        fields.put(field.substring(0, colon), field.substring(colon + 1).strip());
      }
    }
    return fields;
  }

  /** Less if the file ends before. */
  private static String read(FileChannel channel, long from, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) > 0) {
      // Reads may be short.
    }
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
  }

  static CastraException refused(Path file, Throwable cause) {
    return refused(file, "another", cause);
  }

  private static CastraException refused(Path file, String format, @Nullable Throwable cause) {
    return new CastraException(
        ErrorCode.DATABASE,
        "The database `%s` has the file format of %s; this Castra's engine is H2 %s."
            .formatted(file, engineOf(format), Constants.FULL_VERSION.split(" ", 2)[0]),
        "Nothing was changed. With the jar of that H2, `castra db export DIR --engine JAR` and then"
            + " `castra db restore DIR` move it; see docs/DATABASE.md.",
        cause);
  }

  private static String engineOf(String format) {
    return switch (format) {
      case "1" -> "H2 1.4 (such as 1.4.200)";
      case "2" -> "H2 2.0 or 2.1 (such as 2.1.214)";
      case "another" -> "another H2 version";
      default -> "a newer H2 (format " + format + ")";
    };
  }
}
