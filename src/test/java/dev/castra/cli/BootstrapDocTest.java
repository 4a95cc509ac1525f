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
 * Holds the examples of docs/BOOTSTRAP.md to what castra says today. With {@code
 * -Dcastra.update-docs=true} it writes them anew if they differ in more than times and identities.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BootstrapDocTest {
  private static final Path DOC = Path.of("docs", "BOOTSTRAP.md");

  private final Map<String, String> told = new LinkedHashMap<>();

  @BeforeAll
  void liveThroughIt(@TempDir Path shop, @TempDir Path fleet)
      throws IOException, InterruptedException {
    told.putAll(BootstrapStory.tell(shop));
    told.putAll(BootstrapStory.tellOfModes(fleet));
    MarkedBlocks doc = document();
    if (Boolean.getBoolean("castra.update-docs")
        && !levelled(doc.contents()).equals(levelled(told))) {
      Files.writeString(DOC, doc.with(told));
    }
  }

  private static MarkedBlocks document() throws IOException {
    return new MarkedBlocks(Files.readString(DOC));
  }

  private static Map<String, String> levelled(Map<String, String> examples) {
    Map<String, String> levelled = new LinkedHashMap<>();
    examples.forEach((name, text) -> levelled.put(name, Varying.levelled(text)));
    return levelled;
  }

  static Set<String> shown() throws IOException {
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
