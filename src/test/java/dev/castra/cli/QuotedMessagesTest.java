package dev.castra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What docs/BOOTSTRAP.md quotes is what castra can say; dots stand for what varies. */
final class QuotedMessagesTest {
  private static final Pattern BLOCK =
      Pattern.compile("^```.*?^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern QUOTE = Pattern.compile("“([^”]+)”");
  private static final Pattern JOINT = Pattern.compile("\"\\s*\\+\\s*\"");

  private static final String SOURCES = sources();

  /** Every text literal is in one piece here. */
  private static String sources() {
    try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(QuotedMessagesTest::read)
          .map(source -> JOINT.matcher(source).replaceAll("").replace("\\\"", "\""))
          .collect(Collectors.joining("\n"));
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

  static List<String> quotes() {
    String text = BLOCK.matcher(read(Path.of("docs", "BOOTSTRAP.md"))).replaceAll("");
    return QUOTE.matcher(text).results().map(quote -> quote.group(1)).toList();
  }

  @ParameterizedTest
  @MethodSource("quotes")
  void everyPieceOfAQuotedMessageIsInTheCode(String quote) {
    assertThat(Arrays.stream(quote.split("…", -1)))
        .as(quote)
        .anyMatch(piece -> piece.strip().length() >= 5)
        .allMatch(SOURCES::contains);
  }
}
