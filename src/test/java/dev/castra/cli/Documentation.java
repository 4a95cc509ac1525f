package dev.castra.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.event.JsonText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** README.md and everything in docs. */
final class Documentation {
  private static final Pattern FENCE =
      Pattern.compile("^```(\\w*)\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");

  private Documentation() {}

  /** A block between fences; the language is empty if none is named. */
  record Block(Path file, String language, String text) {
    /** One per line, or the whole block. */
    List<JsonNode> documents() {
      boolean lines = text.startsWith("{\"");
      return (lines ? text.lines() : Stream.of(text)).map(JsonText::parse).toList();
    }

    @Override
    public String toString() {
      return file + ": " + text.lines().findFirst().orElse("");
    }
  }

  static String text(String file) {
    return read(Path.of(file));
  }

  static Stream<Block> blocks(String... languages) {
    return files().stream()
        .flatMap(
            file ->
                FENCE
                    .matcher(read(file))
                    .results()
                    .map(match -> new Block(file, match.group(1), match.group(2))))
        .filter(block -> List.of(languages).contains(block.language()));
  }

  /** Words of {@code text} between backticks. */
  static List<String> code(String text) {
    return CODE.matcher(text).results().map(match -> match.group(1)).toList();
  }

  /** As {@link #code(String)}, of all files, without what is in blocks. */
  static List<String> code() {
    return files().stream()
        .flatMap(file -> code(FENCE.matcher(read(file)).replaceAll("")).stream())
        .toList();
  }

  private static List<Path> files() {
    try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
      return Stream.concat(
              Stream.of(Path.of("README.md")),
              docs.filter(file -> file.toString().endsWith(".md")).sorted())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
