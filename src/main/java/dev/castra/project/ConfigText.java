package dev.castra.project;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/**
 * From the file to a TOML document; one that is not well-formed is reported and goes no further.
 */
final class ConfigText {
  private static final long MAX_BYTES = 1 << 20;

  /** The parser names the word it stumbled over, which can be an unquoted secret. */
  private static final Pattern QUOTED_WORD = Pattern.compile("'(?!\\\\)[^']{2,}'");

  private ConfigText() {}

  /**
   * @throws CastraException if the file is no ordinary file, too large or unreadable
   */
  static byte[] read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw invalid("`" + file + "` is not a file.", "Name the file, usually `castra.toml`.");
      }
      if (Files.size(file) > MAX_BYTES) {
        throw invalid("`" + file + "` is larger than 1 MiB.", "Check that it is the right file.");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.IO, "`" + file + "` cannot be read.", "Check its permissions.", e);
    }
  }

  private static CastraException invalid(String message, String hint) {
    return new CastraException(ErrorCode.CONFIG_INVALID, message, hint);
  }

  /**
   * @throws CastraException CONFIG_INVALID with every place that is not UTF-8 or not TOML
   */
  static TomlTable parse(byte[] bytes, Path file) {
    ConfigProblems problems = new ConfigProblems();
    String text = decode(bytes, problems);
    problems.throwIfAny(file);
    var document = Toml.parse(text, TomlVersion.V1_1_0);
    for (TomlParseError error : document.errors()) {
      problems.add(error.position(), withoutWords(String.valueOf(error.getMessage())) + ".");
    }
    problems.throwIfAny(file);
    return document;
  }

  private static String decode(byte[] bytes, ConfigProblems problems) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer text = CharBuffer.allocate(bytes.length);
    boolean broken = decoder.decode(ByteBuffer.wrap(bytes), text, true).isError();
    String decoded = text.flip().toString();
    if (broken) {
      problems.add(endOf(decoded), "The file is not UTF-8 from here on.");
    }
    return decoded;
  }

  private static TomlPosition endOf(String text) {
    int line = 1 + (int) text.chars().filter(letter -> letter == '\n').count();
    return TomlPosition.positionAt(line, text.length() - text.lastIndexOf('\n'));
  }

  private static String withoutWords(String message) {
    return message.startsWith("Unexpected '")
        ? QUOTED_WORD.matcher(message).replaceFirst("text")
        : message;
  }
}
