package dev.castra.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvTableTest {
  @TempDir Path directory;
  private TomlFile toml;

  @BeforeEach
  void useDirectory() {
    toml = new TomlFile(directory);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          PIN = 424242              | `PIN` must be a string in quotes, not an integer.
          DEBUG = true              | `DEBUG` must be a string in quotes, not a boolean.
          LIST = ["hunter2"]        | `LIST` must be a string in quotes, not an array.
          A.B = "hunter2"           | `A` must be a string in quotes, not a table.
          NUL = "hunter2\\u0000"    | `NUL` must not contain a NUL character.
          CASTRA_X = "hunter2"      | `CASTRA_X` is reserved; names that start with `CASTRA_` are set by Castra.
          "my key" = "hunter2"      | Variable `my key` must match `[A-Za-z_][A-Za-z0-9_]*`.
          1ST = "hunter2"           | Variable `1ST` must match `[A-Za-z_][A-Za-z0-9_]*`.
          "" = "hunter2"            | Variable `` must match `[A-Za-z_][A-Za-z0-9_]*`.
          "TOKEN=hunter2" = ""      | Variable `TOKEN=` must match `[A-Za-z_][A-Za-z0-9_]*`.
          """)
  void everyRuleNamesTheKeyAndNeverTheValue(String line, String sentence) throws IOException {
    assertThat(toml.mistakes(TomlFile.ONE_VM + "[vms.bootstrap.env]\n" + line + "\n"))
        .containsExactly("4:1: " + sentence);
    assertThat(toml.mistakes("[bootstrap.env]\n" + line + "\n" + TomlFile.ONE_VM))
        .containsExactly("2:1: " + sentence);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "env = \"hunter2\"",
        "env = [\"hunter2\"]",
        "env = { A = hunter2 }",
        "env = { A = \"x\" hunter2 }",
        "env = { A = 12hunter2 }",
        "env.A = \"x\" hunter2",
        "env.A = 'hunter2",
        "env.A = \"hunter2\\q\"",
        "environment = { A = \"hunter2\" }",
        "mode = { A = \"hunter2\" }",
      })
  void noMessageShowsAValue(String line) throws IOException {
    String message = toml.failure(TomlFile.ONE_VM + "[vms.bootstrap]\n" + line + "\n").getMessage();

    assertThat(message).doesNotContain("hunter").startsWith("castra.toml has ");
  }

  @Test
  void anyOtherTextIsAllowed() throws IOException {
    Project project =
        toml.load(
            TomlFile.ONE_VM + "[vms.bootstrap.env]\n_a1 = \"$x `y` \\\"z\\\"\\n\"\nEMPTY = \"\"\n");

    assertThat(project.vms().get(0).bootstrap().env())
        .isEqualTo(Map.of("_a1", "$x `y` \"z\"\n", "EMPTY", ""));
  }
}
