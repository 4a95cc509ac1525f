package dev.castra.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds docs/configuration.md to what the loader accepts. */
class ConfigurationDocTest {
  private static final Path DOC = Path.of("docs", "configuration.md");
  private static final Pattern TOML_BLOCK = Pattern.compile("```toml\n(.*?)```", Pattern.DOTALL);

  @TempDir Path directory;

  @Test
  void everyExampleLoads() throws IOException {
    List<String> examples =
        TOML_BLOCK.matcher(Files.readString(DOC)).results().map(block -> block.group(1)).toList();

    assertThat(examples).isNotEmpty();
    for (String example : examples) {
      assertThat(new TomlFile(directory).load(example).vms()).as(example).isNotEmpty();
    }
  }

  @Test
  void theQuotedMessageIsReal() throws IOException {
    String message =
        new TomlFile(directory)
            .failure(TomlFile.ONE_VM + "memroy = \"1 GiB\"\n\ncpus = 0\n")
            .getMessage();

    assertThat(Files.readString(DOC)).contains("```text\n" + message + "\n```");
  }
}
