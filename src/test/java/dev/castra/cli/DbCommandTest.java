package dev.castra.cli;

import static dev.castra.cli.CliRun.castra;
import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.contract.Schemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * `castra db` from its arguments to its exit code; `stamps rm` makes no record, so none is there.
 */
final class DbCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void describe() throws IOException {
    Files.writeString(folder.resolve("castra.toml"), "[[vms]]\nname = \"web\"\n");
  }

  @Test
  void aCheckBeforeTheFirstUpIsOkAndMakesNothing() {
    assertThat(db("check").isDone().out()).isEqualTo("ok  nothing is recorded yet\n");
    Schemas.valid(db("check", "--json").isDone().out());
    assertThat(folder.resolve(".castra")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"backup", "export"})
  void thereIsNothingToSaveBeforeTheFirstUp(String command) {
    db(command, folder.resolve("target").toString()).isRefused(74, "There is no record under");
    assertThat(folder.resolve("target")).doesNotExist();
    assertThat(folder.resolve(".castra")).doesNotExist();
  }

  @Test
  void thereIsNothingToCompactBeforeTheFirstUp() {
    db("compact").isRefused(74, "There is no record under");
  }

  @Test
  void whatIsRestoredMustExist() {
    db("restore", folder.resolve("no.zip").toString()).isRefused(74, "no.zip` does not exist");
  }

  @Test
  void anEngineMustBeOne() {
    db("export", folder.resolve("x").toString(), "--engine", "README.md")
        .isRefused(64, "is not the jar of an H2");
  }

  private CliRun db(String command, String... arguments) {
    String[] all = new String[arguments.length + 4];
    all[0] = "db";
    all[1] = "--config";
    all[2] = folder.toString();
    all[3] = command;
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    return castra(all);
  }
}
