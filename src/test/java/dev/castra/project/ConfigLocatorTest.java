package dev.castra.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLocatorTest {
  private static final String HINT =
      "Work in a folder with a `castra.toml` in it or above it, or name one with `--config FILE`.";

  @TempDir Path folder;
  private Path base;
  private Path directory;
  private Path config;

  @BeforeEach
  void writeConfig() throws IOException {
    base = folder.toRealPath();
    directory = Files.createDirectory(base.resolve("project"));
    config = new TomlFile(directory).write(TomlFile.ONE_VM);
  }

  @Test
  void theSearchGoesUpwards() throws IOException {
    Path deep = Files.createDirectories(directory.resolve("a/b"));

    assertThat(ConfigLocator.locate(Optional.empty(), directory)).isEqualTo(config);
    assertThat(ConfigLocator.locate(Optional.empty(), deep)).isEqualTo(config);
  }

  @Test
  void aFolderOfThatNameIsPassedBy() throws IOException {
    Path deep = Files.createDirectories(directory.resolve("a/castra.toml"));

    assertThat(ConfigLocator.locate(Optional.empty(), deep)).isEqualTo(config);
  }

  @Test
  void aFileOrItsFolderCanBeNamed() throws IOException {
    Path other = Files.copy(config, directory.resolve("other.toml"));

    assertThat(locate("project/other.toml")).isEqualTo(other);
    assertThat(locate("project")).isEqualTo(config);
    assertThat(locate(config.toString())).isEqualTo(config);
  }

  @Test
  void everyWayOfNamingTheConfigGivesTheSameProject() throws IOException {
    Files.createSymbolicLink(base.resolve("link.toml"), config);
    Files.createSymbolicLink(base.resolve("folder-link"), directory);
    Path deep = Files.createDirectory(directory.resolve("deep"));
    Project expected = ProjectLoader.load(config);

    assertThat(expected.stateRoot().path()).isEqualTo(directory.resolve(".castra"));
    for (String named :
        new String[] {
          "project/castra.toml",
          "./project/./castra.toml",
          "project/deep/../castra.toml",
          "project",
          "link.toml",
          "folder-link",
          "folder-link/castra.toml"
        }) {
      assertThat(ProjectLoader.load(locate(named))).as(named).isEqualTo(expected);
    }
    assertThat(ProjectLoader.load(base.resolve("link.toml"))).isEqualTo(expected);
    assertThat(ProjectLoader.load(base.resolve("folder-link/./castra.toml"))).isEqualTo(expected);
    assertThat(ProjectLoader.load(ConfigLocator.locate(Optional.empty(), deep)))
        .isEqualTo(expected);
  }

  @Test
  void nothingFound() {
    Path empty = base;

    assertThatThrownBy(() -> ConfigLocator.locate(Optional.empty(), empty))
        .isInstanceOfSatisfying(CastraException.class, ConfigLocatorTest::isNotFound)
        .hasMessage("No `castra.toml` in `" + empty + "` or any folder above it.");
  }

  @Test
  void theNamedFileOrTheFileInTheNamedFolderIsMissing() {
    assertThatThrownBy(() -> locate("nowhere.toml"))
        .isInstanceOfSatisfying(CastraException.class, ConfigLocatorTest::isNotFound)
        .hasMessage("`" + base.resolve("nowhere.toml") + "` does not exist.");
    assertThatThrownBy(() -> locate("."))
        .isInstanceOfSatisfying(CastraException.class, ConfigLocatorTest::isNotFound)
        .hasMessage("`" + base.resolve("./castra.toml") + "` does not exist.");
  }

  @Test
  void aBrokenLinkIsNamedAndNotPassedBy() throws IOException {
    Path inner = Files.createDirectory(directory.resolve("inner"));
    Path link = Files.createSymbolicLink(inner.resolve("castra.toml"), Path.of("gone.toml"));

    assertThatThrownBy(() -> ConfigLocator.locate(Optional.empty(), inner))
        .isInstanceOfSatisfying(CastraException.class, ConfigLocatorTest::isNotFound)
        .hasMessage("`" + link + "` does not exist.");
  }

  private static void isNotFound(CastraException e) {
    assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_NOT_FOUND);
    assertThat(e.hint()).isEqualTo(HINT);
  }

  private Path locate(String named) {
    return ConfigLocator.locate(Optional.of(Path.of(named)), base);
  }
}
