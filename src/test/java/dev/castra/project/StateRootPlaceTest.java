package dev.castra.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateRootPlaceTest {
  @TempDir Path folder;
  private Path base;
  private Path directory;

  @BeforeEach
  void useRealPath() throws IOException {
    base = folder.toRealPath();
    directory = Files.createDirectory(base.resolve("project"));
  }

  @Test
  void theConfiguredFolderStartsAtTheProject() throws IOException {
    assertThat(stateRoot("build/state")).isEqualTo(directory.resolve("build/state"));
    assertThat(stateRoot("../state")).isEqualTo(base.resolve("state"));
    assertThat(stateRoot("new/../state")).isEqualTo(directory.resolve("state"));
    assertThat(stateRoot(base.resolve("elsewhere").toString()))
        .isEqualTo(base.resolve("elsewhere"));
  }

  @Test
  void linksAreResolvedBeforeTheFolderExistsAndAfter() throws IOException {
    Path real = Files.createDirectory(base.resolve("real"));
    Files.createSymbolicLink(directory.resolve("link"), real);

    assertThat(stateRoot("link/state")).isEqualTo(real.resolve("state"));
    Files.createDirectory(real.resolve("state"));
    assertThat(stateRoot("link/state")).isEqualTo(real.resolve("state"));
    assertThat(stateRoot("link/../state")).isEqualTo(base.resolve("state"));
  }

  @Test
  void aLinkToAFolderStillToBeMadeIsResolved() throws IOException {
    Files.createSymbolicLink(directory.resolve(".castra"), Path.of("../later"));
    Path before = ProjectLoader.load(config("")).stateRoot().path();
    Files.createDirectory(base.resolve("later"));

    assertThat(before).isEqualTo(base.resolve("later"));
    assertThat(ProjectLoader.load(config("")).stateRoot().path()).isEqualTo(before);
  }

  @Test
  void aLoopOfLinksIsAMistake() throws IOException {
    Files.createSymbolicLink(directory.resolve(".castra"), Path.of(".castra"));

    assertThat(new TomlFile(directory).mistakes(TomlFile.ONE_VM))
        .singleElement()
        .asString()
        .startsWith("1:1: The state root `.castra` cannot be used: ");
  }

  private Path stateRoot(String written) throws IOException {
    return ProjectLoader.load(config("[project]\nstate_dir = \"" + written + "\"\n"))
        .stateRoot()
        .path();
  }

  private Path config(String head) throws IOException {
    return new TomlFile(directory).write(head + TomlFile.ONE_VM);
  }
}
