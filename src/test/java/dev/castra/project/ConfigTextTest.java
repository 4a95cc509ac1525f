package dev.castra.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTextTest {
  @TempDir Path directory;

  @Test
  void everySyntaxErrorIsReported() throws IOException {
    String text =
        """
        [project
        name = "x"
        name = "y"
        [[vms]]
        name = web
        cpus =
        """;

    assertThat(new TomlFile(directory).mistakes(text))
        .containsExactly(
            "1:9: Unexpected end of line, expected ].",
            "3:1: name previously defined at line 2, column 1.",
            "5:8: Unexpected 'w', expected a value.",
            "6:7: Unexpected end of line, expected a value.");
  }

  @Test
  void aFileThatIsNotUtf8IsReportedWithThePlace() throws IOException {
    Path file = directory.resolve("castra.toml");
    Files.write(file, "[[vms]]\nname = \"é".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> ProjectLoader.load(file))
        .isInstanceOfSatisfying(
            CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
        .hasMessage(
            "castra.toml has 1 mistake:\n  castra.toml:2:9: The file is not UTF-8 from here on.");
  }

  @Test
  void aFileCutInTheMiddleOfALetterIsNotUtf8() throws IOException {
    Path file = directory.resolve("castra.toml");
    Files.write(file, new byte[] {'#', (byte) 0xc3});

    assertThatThrownBy(() -> ProjectLoader.load(file))
        .hasMessage(
            "castra.toml has 1 mistake:\n  castra.toml:1:2: The file is not UTF-8 from here on.");
  }

  @Test
  void aFolderIsNoConfigFile() throws IOException {
    Path folder = directory.toRealPath();

    assertThatThrownBy(() -> ProjectLoader.load(folder))
        .isInstanceOfSatisfying(
            CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
        .hasMessage("`" + folder + "` is not a file.");
  }

  @Test
  void aDiskImageIsNotReadAsConfig() throws IOException {
    Path file = directory.toRealPath().resolve("disk.qcow2");
    Files.write(file, new byte[(1 << 20) + 1]);

    assertThatThrownBy(() -> ProjectLoader.load(file))
        .hasMessage("`" + file + "` is larger than 1 MiB.");
  }

  @Test
  void aMissingFileIsNotFound() {
    Path file = directory.resolve("castra.toml");

    assertThatThrownBy(() -> ProjectLoader.load(file))
        .isInstanceOfSatisfying(
            CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_NOT_FOUND))
        .hasMessage("`" + file + "` does not exist.");
  }
}
