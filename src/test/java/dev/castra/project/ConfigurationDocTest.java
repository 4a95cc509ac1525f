package dev.castra.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds docs/configuration.md to what the loader says. */
class ConfigurationDocTest {
  private static final Path DOC = Path.of("docs", "configuration.md");

  @TempDir Path directory;

  @Test
  void theQuotedMessageIsReal() throws IOException {
    String message =
        new TomlFile(directory)
            .failure(TomlFile.ONE_VM + "memroy = \"1 GiB\"\n\ncpus = 0\n")
            .getMessage();

    assertThat(Files.readString(DOC)).contains("```text\n" + message + "\n```");
  }
}
