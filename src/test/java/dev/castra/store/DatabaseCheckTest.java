package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.JavaChild;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a record is looked through for, how it is backed up and written anew. */
final class DatabaseCheckTest {
  @TempDir Path folder;
  private StateRoot root = OpenProject.rootIn(Path.of(""));

  @BeforeEach
  void record() {
    root = RecordExample.in(folder, 4);
  }

  @Test
  void aRecordInOrderHasNoFindingsAndIsNotChanged() throws Exception {
    byte[] before = Files.readAllBytes(root.databaseFile());

    DatabaseCheck.Result check = check();

    assertThat(check.findings()).isEmpty();
    assertThat(check.schemaVersion()).hasValue(SchemaVersion.CURRENT);
    assertThat(check.rows()).containsEntry("runs", 4L).containsEntry("stamps", 2L);
    assertThat(root.databaseFile()).hasBinaryContent(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          UPDATE vms SET disk_id = RANDOM_UUID()          | vms    | which is not recorded for it
          UPDATE vms SET boot_id = RANDOM_UUID()          | vms    | which is not recorded for it
          UPDATE vms SET last_run_id = 99                 | vms    | not a finished run of it
          UPDATE vms SET current_run_id = 1               | vms    | not a run of it under way
          UPDATE disks SET last_success_run_id = 4        | disks  | did not succeed on it
          UPDATE stamps SET run_id = 4                    | stamps | did not put that artifact
          UPDATE event_counters SET last_seq = 1          | events | beyond the counter
          DELETE FROM events                              | events | there are none, and
          DELETE FROM projects                            | projects | there is none, and 1 commands
          DELETE FROM stamps                              | stamps | left no stamp
          DELETE FROM event_counters                      | event_counters | 0 rows instead of one
          ALTER TABLE runs ALTER COLUMN run_id RESTART WITH 2 | runs | the next would be 2
          UPDATE runs SET log_path = '/gone/1.json'       | runs   | the log of run 1 is gone
          """)
  void whatCannotBeIsNamed(String change, String table, String message) throws Exception {
    execute(change);

    assertThat(check().findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.table()).isEqualTo(table);
              assertThat(finding.message()).contains(message);
            });
  }

  @Test
  void aRowWhoseParentIsGoneIsNamed() throws Exception {
    execute("SET REFERENTIAL_INTEGRITY FALSE", "DELETE FROM artifacts");

    assertThat(check().findings())
        .anySatisfy(
            finding ->
                assertThat(finding.message()).contains("point to nothing (fk_runs_artifact)"));
  }

  @Test
  void aBackupMadeWhileAnotherProcessWorksHoldsTheRecord() throws Exception {
    Path backup = folder.resolve("backup.zip");
    try (JavaChild child = JavaChild.start(StoreChild.class, folder.toString(), "complete")) {
      assertThat(child.line()).isEqualTo("open");
      assertThat(child.line()).isEqualTo("completed 5");

      Map<String, Long> rows = BackupFile.write(root, Ticker.system(), backup, false);

      assertThat(rows).containsEntry("runs", 5L);
      assertThat(check().findings()).isEmpty();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
        .isEqualTo("rw-------");
    StateRoot restored = RecordExample.restore(backup, folder.resolve("restored"));
    assertThat(DatabaseCheck.of(restored, Ticker.system()).rows()).isEqualTo(check().rows());
  }

  @Test
  void aBackupReplacesNothingUnlessItIsTold() throws Exception {
    Path taken = Files.writeString(folder.resolve("backup.zip"), "mine");

    CastraException refused =
        catchThrowableOfType(
            CastraException.class, () -> BackupFile.write(root, Ticker.system(), taken, false));

    assertThat(refused.code()).isEqualTo(ErrorCode.CANNOT_CREATE);
    assertThat(refused.hint()).contains("--force");
    assertThat(taken).hasContent("mine");
    BackupFile.write(root, Ticker.system(), taken, true);
    assertThat(Files.size(taken)).isGreaterThan(1_000);
  }

  @Test
  void compactingKeepsEveryRowAndWhatComesNext() throws Exception {
    Map<String, String> before = rows("before");

    Compaction done = Compaction.run(root, Ticker.system());

    assertThat(done.rows()).containsEntry("runs", 4L);
    assertThat(done.bytesAfter()).isEqualTo(Files.size(root.databaseFile()));
    assertThat(rows("after")).isEqualTo(before);
    assertThat(root.databaseFolder().toFile().list()).containsExactly("castra.mv.db");
    try (OpenProject project = OpenProject.in(folder)) {
      assertThat(project.succeed(OpenProject.WEB, OpenProject.A).id().value()).isEqualTo(5);
    }
    assertThat(check().findings()).isEmpty();
  }

  @Test
  void compactingAndRestoringWaitForNobodyWhoIsAtWork() throws Exception {
    Path backup = folder.resolve("backup.zip");
    BackupFile.write(root, Ticker.system(), backup, false);
    try (JavaChild child = JavaChild.start(StoreChild.class, folder.toString(), "claim", "web")) {
      assertThat(child.line()).isEqualTo("open");
      assertThat(child.line()).isEqualTo("claimed");

      for (Runnable command :
          List.<Runnable>of(
              () -> Compaction.run(root, Ticker.system()),
              () -> RecordExample.restore(backup, folder))) {
        CastraException refused = catchThrowableOfType(CastraException.class, command::run);
        assertThat(refused.code()).isEqualTo(ErrorCode.BUSY);
        assertThat(refused)
            .hasMessageContaining("`castra up web` (pid " + child.pid() + ", since ");
      }
    }
  }

  private Map<String, String> rows(String name) throws Exception {
    RecordExample.export(root, folder.resolve(name));
    return RecordExample.rows(folder.resolve(name));
  }

  private DatabaseCheck.Result check() {
    return DatabaseCheck.of(root, Ticker.system());
  }

  private void execute(String... changes) throws Exception {
    try (Connection connection = DatabaseUrl.open(DatabaseUrl.owner(root.database()));
        Statement statement = connection.createStatement()) {
      for (String change : changes) {
        statement.execute(change);
      }
    }
  }
}
