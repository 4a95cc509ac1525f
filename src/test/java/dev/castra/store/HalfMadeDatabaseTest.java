package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.process.JavaChild;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database whose creation a full disk or a kill cut short. */
final class HalfMadeDatabaseTest {
  @TempDir Path folder;
  private StateRoot root;

  @BeforeEach
  void nameTheStateRoot() {
    root = OpenProject.rootIn(folder);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 8, 12, 16, 24})
  void isNoDatabaseYetToReadersAndBegunAnewByTheNextUp(int kib) throws Exception {
    createOnADiskFullAfter(kib);

    assertThat(status()).isEmpty();
    assertThat(root.databaseFile()).hasSize(kib * 1024L);
    try (OpenProject project = OpenProject.in(folder)) {
      project.newDisk(OpenProject.WEB);
      project.succeed(OpenProject.WEB, OpenProject.A);
    }
    assertThat(status().orElseThrow().inConfig()).hasSize(2);
  }

  @Test
  void besideVmsIsALostRecord() throws Exception {
    createOnADiskFullAfter(8);
    Files.createDirectories(root.vmFolder(OpenProject.WEB));

    assertThatThrownBy(this::status)
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("holds nothing");
    assertThatThrownBy(() -> Database.open(root, Ticker.system()))
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("holds nothing");
  }

  @Test
  void isNotTakenForASmallFileOfSomebodyElse() throws Exception {
    PrivateFiles.createFolder(root.databaseFolder());
    Files.writeString(root.databaseFile(), "not a database");

    assertThatThrownBy(this::status).isInstanceOf(CastraException.class);
    assertThat(root.databaseFile()).hasContent("not a database");
  }

  private void createOnADiskFullAfter(int kib) throws Exception {
    try (JavaChild child =
        JavaChild.startWithFilesUpTo(kib, StoreChild.class, folder.toString(), "hold")) {
      assertThat(child.rest()).as("what the child could do").isEmpty();
    }
    assertThat(root.databaseFile()).hasSize(kib * 1024L);
  }

  private Optional<StatusReader.Snapshot> status() {
    return new StatusReader(root, Ticker.system()).read();
  }
}
