package dev.castra.cli;

import static dev.castra.cli.CliRun.castra;
import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.store.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record that a newer castra wrote is refused by whatever reads it, and left as it is. */
final class NewerRecordTest {
  @TempDir Path folder;
  private StateRoot root;

  @BeforeEach
  void record() throws IOException, SQLException {
    Files.writeString(folder.resolve("castra.toml"), "[[vms]]\nname = \"web\"\n");
    root = new StateRoot(folder.toRealPath().resolve(".castra"));
    Database.open(root, Ticker.system()).close();
    castra("db", "--config", folder.toString(), "backup", folder.resolve("old.zip").toString())
        .isDone();
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:h2:file:" + root.database() + ";FILE_LOCK=FS;TRACE_LEVEL_FILE=0",
                "castra",
                "castra");
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE \"flyway_schema_history\" SET \"version\" = '999'");
      statement.execute(
          "INSERT INTO invocations (invocation_id, command, castra_version, pid, pid_start_ticks,"
              + " host_boot_id, started_at) VALUES (RANDOM_UUID(), 'castra up', '7.1.0', 1, 1, 'x',"
              + " CURRENT_TIMESTAMP)");
    }
  }

  @Test
  void isRefusedByEveryCommandThatReads() throws IOException {
    byte[] before = Files.readAllBytes(root.databaseFile());

    for (String command :
        List.of(
            "status",
            "status --json",
            "sql|SELECT 1",
            "history",
            "history show 1",
            "history diff 1 2",
            "history stats",
            "history prune --keep-runs 1",
            "events",
            "logs web",
            "stamps",
            "stamps explain web",
            "stamps rm web",
            "db check",
            "db backup|" + folder.resolve("new.zip"),
            "db export|" + folder.resolve("new"),
            "db compact")) {
      CliRun run = castra(words(command));

      assertThat(run.exitCode()).as(command + ": " + run.err()).isEqualTo(74);
      assertThat(run.out()).as(command).isEmpty();
      assertThat(run.err())
          .as(command)
          .contains("schema version 999, and this Castra knows versions up to")
          .contains("Use the newer Castra that wrote it (its last command is of version 7.1.0).")
          .contains("Nothing was changed.");
    }

    assertThat(root.databaseFile()).hasBinaryContent(before);
    assertThat(folder.resolve("new.zip")).doesNotExist();
    assertThat(folder.resolve("new")).doesNotExist();
    try (Stream<Path> files = Files.list(root.databaseFolder())) {
      assertThat(files).containsExactly(root.databaseFile());
    }
  }

  /** The option follows the first word; what is behind a bar is one word. */
  private String[] words(String command) {
    String[] parts = command.split("\\|", 2);
    String[] words = parts[0].split(" ");
    return Stream.of(
            Stream.of(words[0], "--config", folder.toString()),
            Arrays.stream(words).skip(1),
            Arrays.stream(parts).skip(1))
        .flatMap(all -> all)
        .toArray(String[]::new);
  }
}
