package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.store.DiskRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes with a disk, and what does not. */
final class DiskRemovalTest {
  @TempDir Path folder;
  private RecordedProject project;
  private Path vmFolder = Path.of("");

  @BeforeEach
  void write() {
    project = new RecordedProject(folder);
    vmFolder = project.root().vmFolder(RecordedProject.WEB);
  }

  @Test
  void takesWhatAKilledCastraLeftHalfMadeAndNoNeighbour() throws Exception {
    project.change(
        session -> {
          DiskRecord disk = project.draft(session, RecordedProject.WEB);
          session.disks().planned(disk);
          halfMade(disk.id().toString());
          halfMade("of-somebody");

          new DiskRemoval(session).remove(disk);
          new DiskRemoval(session).remove(disk);
        });

    assertThat(files())
        .containsExactly(".disk-of-somebody.qcow2.unfinished", ".seed-of-somebody.unfinished");
  }

  private void halfMade(String disk) {
    project.file(name(".disk-" + disk + ".qcow2.unfinished"), "half");
    project.file(name(".seed-" + disk + ".unfinished/user-data"), "half");
  }

  private String name(String file) {
    return vmFolder.resolve(file).toString();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(vmFolder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
