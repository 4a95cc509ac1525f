package dev.castra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the examples of a document to what castra says today. With {@code
 * -Dcastra.update-docs=true} it writes them anew if they differ in more than times and identities.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MarkedDocument {
  private final Path file;
  private final Map<String, String> told = new LinkedHashMap<>();

  MarkedDocument(String name) {
    this.file = Path.of("docs", name);
  }

  /** Examples by name, as they come about in these folders. */
  abstract Map<String, String> tell(Path one, Path other) throws IOException, InterruptedException;

  @BeforeAll
  void liveThroughIt(@TempDir Path one, @TempDir Path other)
      throws IOException, InterruptedException {
    told.putAll(tell(one, other));
    MarkedBlocks doc = document();
    if (Boolean.getBoolean("castra.update-docs")
        && !levelled(doc.contents()).equals(levelled(told))) {
      Files.writeString(file, doc.with(told));
    }
  }

  private MarkedBlocks document() throws IOException {
    return new MarkedBlocks(Files.readString(file));
  }

  private static Map<String, String> levelled(Map<String, String> examples) {
    Map<String, String> levelled = new LinkedHashMap<>();
    examples.forEach((name, text) -> levelled.put(name, Varying.levelled(text)));
    return levelled;
  }

  Set<String> shown() throws IOException {
    return document().contents().keySet();
  }

  @Test
  void everyExampleIsShownAndEveryShownOneProduced() throws IOException {
    assertThat(shown()).isEqualTo(told.keySet());
  }

  @ParameterizedTest
  @MethodSource("shown")
  void theExampleIsWhatCastraSays(String name) throws IOException {
    assertThat(Varying.levelled(document().contents().getOrDefault(name, "")))
        .isEqualTo(Varying.levelled(told.getOrDefault(name, "not produced")));
  }
}
