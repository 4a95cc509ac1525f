package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.PrivateFiles;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that were cut, or had bytes changed: every command has the rows, or says what is wrong. */
@Timeout(120)
final class DamagedDatabaseTest {
  private static final int CASES = 21;
  private static final int RUNS = 60;

  /** Before the end of the newest part, wherever H2 put that. */
  private static final int CUT = 20_000;

  @TempDir static Path made;
  private static byte[] whole = {};
  private static Map<String, Long> rows = Map.of();

  @TempDir Path folder;
  private Path project = Path.of("");
  private StateRoot root = OpenProject.rootIn(project);

  @BeforeAll
  static void makeOne() throws IOException {
    StateRoot root = RecordExample.in(made, RUNS);
    whole = Files.readAllBytes(root.databaseFile());
    rows = DatabaseCheck.of(root, Ticker.system()).rows();
    assertThat(rows).containsEntry("runs", (long) RUNS);
  }

  static IntStream cases() {
    return IntStream.range(0, CASES);
  }

  /** In turn: cut, one byte changed, twenty bytes changed. */
  private static byte[] damaged(int seed) {
    Random random = new Random(seed);
    if (seed % 3 == 0) {
      return Arrays.copyOf(whole, random.nextInt(whole.length));
    }
    byte[] bytes = whole.clone();
    for (int i = 0; i < (seed % 3 == 1 ? 1 : 20); i++) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
    }
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isReadRightOrRefusedAndNeverChangedByReaders(int seed) throws Exception {
    read(seed, () -> new StatusReader(root, Ticker.system()).read())
        .ifPresent(status -> assertThat(status.map(shown -> shown.inConfig().size())).hasValue(2));
    read(seed, () -> new StampReader(root, Ticker.system()).stamps())
        .ifPresent(stamps -> assertThat(stamps).hasSize(2));
    read(seed, () -> DatabaseCheck.of(root, Ticker.system()))
        .filter(check -> check.findings().isEmpty())
        .ifPresent(check -> assertThat(check.rows()).isEqualTo(rows));
    read(seed, () -> RecordExample.export(root, folder.resolve("export")))
        .filter(ExportManifest::complete)
        .ifPresent(export -> assertThat(export.rows()).isEqualTo(rows));
  }

  /** Each in a folder of its own: H2 keeps a file that it failed to read open in this JVM. */
  private <T> Optional<T> read(int seed, Callable<T> reader) throws Exception {
    byte[] bytes = damaged(seed);
    put(bytes);
    Optional<T> answer = attempt(reader);
    assertThat(root.databaseFile()).hasBinaryContent(bytes);
    return answer;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isOpenedByAnUpWithEveryRunOrRefused(int seed) throws Exception {
    put(damaged(seed));

    try (OpenProject opened = OpenProject.in(project)) {
      assertThat(opened.column("SELECT run_id FROM runs")).hasSize(RUNS);
    } catch (CastraException refused) {
      // A writer comes across the damage anywhere; what it says of it is H2's word then.
      assertThat(refused.code()).isEqualTo(ErrorCode.DATABASE);
      assertThat(refused.hint()).isNotBlank();
    }
    assertThat(root.databaseFile()).exists();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatCouldBeExportedIsAllThereAfterARestore(int seed) throws Exception {
    put(damaged(seed));
    Path export = folder.resolve("export");

    Optional<ExportManifest> manifest = attempt(() -> RecordExample.export(root, export));
    if (manifest.isEmpty()) {
      return;
    }
    put(damaged(seed));
    DatabaseRestore.Filled filled;
    try {
      filled = RecordExample.fill(export, project);
    } catch (CastraException otherNames) {
      // The name of a column was hit; the export has all rows, but under another name.
      assertThat(otherNames).hasMessageContaining("has other columns");
      return;
    }
    RecordExample.export(root, folder.resolve("again"));

    Map<String, List<String>> restored = RecordExample.sortedRows(folder.resolve("again"));
    Map<String, List<String>> lost = RecordExample.sortedRows(export);
    lost.forEach((file, lines) -> restored.getOrDefault(file, List.of()).forEach(lines::remove));
    // What was changed may break a constraint; such a row is left out, and named.
    long leftOut =
        filled.check().findings().stream()
            .filter(finding -> finding.message().contains("is left out"))
            .count();
    assertThat(lost.entrySet().stream().filter(file -> file.getKey().endsWith(".jsonl")))
        .flatExtracting(Map.Entry::getValue)
        .hasSize((int) leftOut);
  }

  @Test
  void goesOnBehindADamagedPageAndNamesTheRowsThatAreLost() throws Exception {
    byte[] bytes = whole.clone();
    int hit = damageAPageOfEvents(bytes);
    assertThat(hit).isPositive();
    put(bytes);

    ExportManifest export = RecordExample.export(root, folder.resolve("export"));

    ExportManifest.Table events = table(export, "events");
    assertThat(export.complete()).isFalse();
    assertThat(events.troubles()).anyMatch(trouble -> trouble.matches("rows .* cannot be read.*"));
    assertThat(events.rows()).isPositive().isLessThan(rows.getOrDefault("events", 0L));
    assertThat(table(export, "runs").rows()).isEqualTo(RUNS);
  }

  @Test
  void someDamageIsReadAndSomeIsRefused() throws Exception {
    int refused = 0;
    for (int seed = 0; seed < CASES; seed++) {
      refused += read(seed, () -> DatabaseCheck.of(root, Ticker.system())).isEmpty() ? 1 : 0;
    }
    assertThat(refused).isBetween(2, CASES - 2);
  }

  static IntStream someCases() {
    return IntStream.range(0, 9);
  }

  @ParameterizedTest
  @MethodSource("someCases")
  void givesWayToABackupAndIsKept(int seed) throws Exception {
    StateRoot good = OpenProject.rootIn(made);
    Path backup = folder.resolve("backup.zip");
    BackupFile.write(good, Ticker.system(), backup, false);
    byte[] bytes = damaged(seed);
    put(bytes);

    RecordExample.restore(backup, project);

    assertThat(DatabaseCheck.of(root, Ticker.system()).rows()).isEqualTo(rows);
    assertThat(root.databaseFolder().resolve("castra-20260506T070809Z.mv.db"))
        .hasBinaryContent(bytes);
  }

  @Test
  void aCutFileIsToldOfWithTheWaysBack() throws Exception {
    put(Arrays.copyOf(whole, CUT));

    CastraException refused =
        catchThrowableOfType(
            CastraException.class, () -> new StatusReader(root, Ticker.system()).read());

    assertThat(refused.code()).isEqualTo(ErrorCode.DATABASE);
    assertThat(refused).hasMessageContaining("`" + root.databaseFile() + "` is damaged");
    assertThat(refused.hint())
        .contains("Nothing was deleted", "castra db restore FILE", "castra db export DIR");
    put(Arrays.copyOf(whole, CUT));
    CastraException unreadable =
        catchThrowableOfType(
            CastraException.class, () -> RecordExample.export(root, folder.resolve("export")));
    assertThat(unreadable.hint())
        .contains("castra db restore FILE")
        .doesNotContain("castra db export");
  }

  /** Tries places until the events, and only they, have a page that cannot be read. */
  private int damageAPageOfEvents(byte[] bytes) throws Exception {
    for (int at = 8_192; at < bytes.length; at += 512) {
      byte[] tried = whole.clone();
      Arrays.fill(tried, at, Math.min(tried.length, at + 8), (byte) 0xff);
      put(tried);
      Optional<DatabaseCheck.Result> check = attempt(() -> DatabaseCheck.of(root, Ticker.system()));
      if (check.isPresent()
          && check.get().findings().stream()
              .anyMatch(
                  finding ->
                      finding.table().equals("events")
                          && finding.message().matches("rows \\d+ to .*"))
          && check.get().rows().getOrDefault("runs", 0L) == RUNS) {
        System.arraycopy(tried, 0, bytes, 0, bytes.length);
        return at;
      }
    }
    return -1;
  }

  private static ExportManifest.Table table(ExportManifest export, String name) {
    return export.tables().stream()
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void put(byte[] bytes) throws IOException {
    project = Files.createTempDirectory(folder, "project");
    root = OpenProject.rootIn(project);
    PrivateFiles.createFolder(root.databaseFolder());
    // Beside VMs an empty file is a lost record.
    Files.createDirectories(root.vmFolder(OpenProject.WEB));
    PrivateFiles.write(root.databaseFile(), bytes);
  }

  /** Empty if it was refused in words; anything else that is thrown fails the test. */
  private static <T> Optional<T> attempt(Callable<T> command) throws Exception {
    try {
      return Optional.of(command.call());
    } catch (CastraException refused) {
      assertThat(refused.code()).isEqualTo(ErrorCode.DATABASE);
      // Mostly "is damaged"; where the text of a definition was hit, it is H2's word for that.
      assertThat(refused.getMessage()).startsWith("The database");
      assertThat(refused.hint()).isNotBlank();
      return Optional.empty();
    }
  }
}
