package dev.castra.project;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.Assertions;

/** A real castra.toml in a folder of the test's own. */
record TomlFile(Path directory) {
  static final String ONE_VM = "[[vms]]\nname = \"web\"\n";

  Path write(String toml) throws IOException {
    return Files.writeString(directory.resolve("castra.toml"), toml);
  }

  Project load(String toml) throws IOException {
    return ProjectLoader.load(write(toml));
  }

  CastraException failure(String toml) throws IOException {
    Path file = write(toml);
    CastraException failure =
        catchThrowableOfType(CastraException.class, () -> ProjectLoader.load(file));
    Assertions.assertThat(failure).as("mistakes in %s", toml).isNotNull();
    return failure;
  }

  /** The reported lines without the file's name, after the heading was checked. */
  List<String> mistakes(String toml) throws IOException {
    CastraException failure = failure(toml);
    Assertions.assertThat(failure.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
    List<String> lines = failure.getMessage().lines().toList();
    List<String> mistakes =
        lines.stream().skip(1).map(line -> line.replaceFirst("^  castra\\.toml:", "")).toList();
    String count = mistakes.size() == 1 ? "1 mistake" : mistakes.size() + " mistakes";
    Assertions.assertThat(lines).first().isEqualTo("castra.toml has " + count + ":");
    return mistakes;
  }

  Path file(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(ConfigLocator.folderOf(file));
    return Files.writeString(file, content);
  }
}
