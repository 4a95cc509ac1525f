package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of the record do not go where its owners replace and remove files. */
final class OutputPlaceTest {
  @TempDir Path folder;
  private StateRoot root;

  @BeforeEach
  void record() {
    OpenProject.in(folder).close();
    root = OpenProject.rootIn(folder);
  }

  @Test
  void aBackupDoesNotReplaceTheDatabaseHoweverItIsNamed() throws IOException {
    byte[] before = Files.readAllBytes(root.databaseFile());
    Path link = Files.createSymbolicLink(folder.resolve("link"), root.databaseFolder());
    Files.createDirectory(root.databaseFolder().resolve("restore"));

    for (Path target :
        List.of(
            root.databaseFile(),
            link.resolve("castra.mv.db"),
            root.databaseFolder().resolve("before-schema-9.zip"),
            root.databaseFolder().resolve("restore/kept.zip"))) {
      isRefused(() -> BackupFile.write(root, Ticker.system(), target, true));
    }

    assertThat(root.databaseFile()).hasBinaryContent(before);
    assertThat(root.databaseFolder().toFile().list())
        .containsExactlyInAnyOrder("castra.mv.db", "restore");
  }

  @Test
  void anExportDoesNotGoThereEither() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), root.databaseFolder());

    for (Path target : List.of(root.databaseFolder().resolve("restore"), link.resolve("a/b"))) {
      isRefused(
          () ->
              DatabaseExport.write(
                  root, Ticker.system(), target, Optional.empty(), "1", Instant.now()));
    }

    assertThat(root.databaseFolder().toFile().list()).containsExactly("castra.mv.db");
  }

  @Test
  void besideItThereIsRoom() {
    Path target = root.path().resolve("dbs.zip");

    BackupFile.write(root, Ticker.system(), target, false);

    assertThat(target).isNotEmptyFile();
  }

  @Test
  void whatAKilledBackupLeftGoesWithTheNextOfThatName() throws IOException {
    Path target = folder.resolve("record.zip");
    Path left = left(".record.zip.6f1b1c1e-6b0a-4d52-9a83-3b9b6f0a7c11");
    Path opened = left(left.getFileName() + ".opened.mv.db");
    Path other = left(".record.zip.mine");
    Path underWay =
        Files.createFile(folder.resolve(".record.zip.6f1b1c1e-6b0a-4d52-9a83-3b9b6f0a7c12"));

    BackupFile.write(root, Ticker.system(), target, false);

    assertThat(left).doesNotExist();
    assertThat(opened).doesNotExist();
    assertThat(other).exists();
    assertThat(underWay).exists();
  }

  private Path left(String name) throws IOException {
    return Files.setLastModifiedTime(
        Files.createFile(folder.resolve(name)), FileTime.from(Instant.EPOCH));
  }

  private static void isRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable write) {
    CastraException refused = catchThrowableOfType(CastraException.class, write);
    assertThat(refused.code()).isEqualTo(ErrorCode.CANNOT_CREATE);
    assertThat(refused).hasMessageContaining("database's own folder");
  }
}
