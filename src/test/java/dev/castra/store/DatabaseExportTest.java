package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.contract.Schemas;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.Json;
import dev.castra.process.JavaChild;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A record in files that need no database, and back. */
final class DatabaseExportTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/database/export.json");

  @TempDir Path folder;

  static IntStream versions() {
    return ReleasedDatabase.versions();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void everyRowOfAnOlderRecordComesBackUpgraded(int version) throws Exception {
    StateRoot root = OpenProject.rootIn(folder.resolve("old"));
    ReleasedDatabase.put(version, root);
    Map<String, Collection<Map<String, String>>> before = ReleasedDatabase.rows(root.database());

    ExportManifest manifest = RecordExample.export(root, folder.resolve("export"));
    StateRoot restored = RecordExample.restore(folder.resolve("export"), folder.resolve("new"));

    assertThat(manifest.schemaVersion()).isEqualTo(version);
    assertThat(ReleasedDatabase.rows(root.database())).isEqualTo(before);
    assertThat(ReleasedDatabase.like(before, ReleasedDatabase.rows(restored.database())))
        .isEqualTo(before);
  }

  @Test
  void aRestoredExportExportsTheSame() throws Exception {
    StateRoot root = RecordExample.in(folder.resolve("one"), 3);
    ExportManifest first = RecordExample.export(root, folder.resolve("export"));

    StateRoot restored = RecordExample.restore(folder.resolve("export"), folder.resolve("two"));
    ExportManifest second = RecordExample.export(restored, folder.resolve("again"));

    assertThat(second).isEqualTo(first);
    assertThat(RecordExample.rows(folder.resolve("again")))
        .isEqualTo(RecordExample.rows(folder.resolve("export")));
  }

  @Test
  void theManifestIsWrittenAsItsGoldenSays() throws Exception {
    ExportManifest manifest =
        new ExportManifest(
            "0.1.0",
            RecordExample.NOW,
            2,
            "2.4.240",
            List.of(
                new ExportManifest.Table(
                    "runs",
                    3,
                    Optional.of(12L),
                    Map.of(
                        "runs.csv", OpenProject.sha256("csv").hex(),
                        "runs.jsonl", OpenProject.sha256("jsonl").hex()),
                    List.of("rows 4 to 11 cannot be read: General error"))));

    assertThat(Json.pretty(manifest.fields()) + "\n").isEqualTo(Files.readString(GOLDEN));
    RecordExample.export(RecordExample.in(folder, 1), folder.resolve("export"));
    Schemas.valid(Files.readString(folder.resolve("export/manifest.json")));
  }

  @Test
  void textsKeepWhatCsvAndJsonHaveToQuote() throws Exception {
    RecordExample.export(RecordExample.in(folder, 1), folder.resolve("export"));

    Map<String, String> files = RecordExample.rows(folder.resolve("export"));
    assertThat(files.get("events.csv"))
        .startsWith("seq,invocation_id,")
        .contains("Grüße, \\\"\"quoted\\\"\",\\r\\nand more");
    assertThat(files.get("runs.csv")).hasLineCount(2);
    assertThat(files.get("claims.csv")).endsWith("claimed_at\r\n");
    assertThat(files.get("claims.jsonl")).isEmpty();
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("export/runs.csv"))))
        .isEqualTo("rw-------");
  }

  @Test
  void isOfOneMomentWhileAnotherProcessWrites() throws Exception {
    RecordExample.in(folder, 1);
    try (JavaChild child =
        JavaChild.start(StoreChild.class, folder.toString(), "events", "x", "300")) {
      assertThat(child.line()).isEqualTo("open");
      assertThat(child.line()).isEqualTo("x-0");

      ExportManifest manifest =
          RecordExample.export(OpenProject.rootIn(folder), folder.resolve("export"));

      assertThat(manifest.complete()).isTrue();
      Map<String, Object> counter =
          Map.copyOf(Json.scalars(Files.readString(folder.resolve("export/event_counters.jsonl"))));
      assertThat(counter).containsEntry("last_seq", manifest.rows().get("events"));
    }
  }

  @Test
  void aFolderWithSomethingInItIsLeftAlone() throws Exception {
    StateRoot root = RecordExample.in(folder, 1);
    Path used = Files.createDirectory(folder.resolve("used"));
    Files.writeString(used.resolve("mine"), "mine");

    CastraException refused =
        catchThrowableOfType(CastraException.class, () -> RecordExample.export(root, used));

    assertThat(refused.code()).isEqualTo(ErrorCode.CANNOT_CREATE);
    assertThat(used).isDirectoryContaining("glob:**/mine");
    assertThat(used.resolve("manifest.json")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"runs.jsonl", "runs.csv", "manifest.json"})
  void anExportThatWasChangedIsRefusedAndTheRecordStays(String file) throws Exception {
    StateRoot root = RecordExample.in(folder, 1);
    Path export = folder.resolve("export");
    RecordExample.export(root, export);
    byte[] before = Files.readAllBytes(root.databaseFile());
    Files.writeString(
        export.resolve(file), Files.readString(export.resolve(file)).replace('1', '2'));

    CastraException refused =
        catchThrowableOfType(CastraException.class, () -> RecordExample.restore(export, folder));

    assertThat(refused).hasMessageContaining("cannot be restored");
    assertThat(root.databaseFile()).hasBinaryContent(before);
    assertThat(root.databaseFolder().toFile().list()).containsExactly("castra.mv.db");
    assertThat(DatabaseCheck.of(root, Ticker.system()).findings()).isEmpty();
  }
}
