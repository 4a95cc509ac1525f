package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.process.JavaChild;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A restore and a compaction that are killed, later and later, until they are done before. */
@Timeout(300)
final class ReplacementCrashTest {
  private static final int STEP_MS = 90;

  @TempDir Path folder;
  private StateRoot root = OpenProject.rootIn(Path.of(""));
  private Path backup = Path.of("");

  @BeforeEach
  void recordMoreThanTheBackupHas() {
    root = RecordExample.in(folder, 2);
    backup = folder.resolve("backup.zip");
    BackupFile.write(root, Ticker.system(), backup, false);
    try (OpenProject project = OpenProject.in(folder)) {
      project.succeed(OpenProject.WEB, OpenProject.A);
    }
  }

  @Test
  void aRestoreLeavesTheOldRecordOrTheNewOneAndNeverLosesTheOldOne() throws Exception {
    Set<Long> runs = new TreeSet<>();
    for (int delay = 0; !runs.contains(2L); delay += STEP_MS) {
      killedAfter(delay, "restore", backup.toString());
      runs.add(runs());
    }

    assertThat(runs).isSubsetOf(2L, 3L);
    assertThat(files()).anyMatch(name -> name.matches("castra-.*\\.mv\\.db"));
    goesOn();
  }

  @Test
  void aCompactionKeepsEveryRun() throws Exception {
    for (int delay = 0; !killedAfter(delay, "compact"); delay += STEP_MS) {
      assertThat(runs()).isEqualTo(3);
    }

    assertThat(runs()).isEqualTo(3);
    goesOn();
  }

  /** True if it was done before. */
  private boolean killedAfter(int delayMs, String... task) throws Exception {
    String[] arguments =
        Stream.concat(Stream.of(folder.toString()), Stream.of(task)).toArray(String[]::new);
    try (JavaChild child = JavaChild.start(StoreChild.class, arguments)) {
      assertThat(child.line()).isEqualTo("ready");
      child.go();
      child.awaitEnd(delayMs, TimeUnit.MILLISECONDS);
      child.kill();
      return child.rest().contains("done");
    }
  }

  private long runs() {
    DatabaseCheck.Result check = DatabaseCheck.of(root, Ticker.system());
    assertThat(check.findings()).isEmpty();
    return check.rows().getOrDefault("runs", -1L);
  }

  private void goesOn() throws IOException {
    try (OpenProject project = OpenProject.in(folder)) {
      project.succeed(OpenProject.WEB, OpenProject.B);
    }
    assertThat(files()).doesNotContain("upgrade.mv.db", "restore", "compact.sql");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(root.databaseFolder())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
