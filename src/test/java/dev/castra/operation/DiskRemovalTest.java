package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.EventSink;
import dev.castra.store.DiskRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes with a disk, and what does not. */
final class DiskRemovalTest {
  private static final CommandLineInfo COMMAND = new CommandLineInfo("castra test", "test");

  @TempDir Path outer;
  private Path folder = Path.of("");
  private RecordedProject project;
  private Path vmFolder = Path.of("");

  @BeforeEach
  void write() {
    folder = outer.resolve("shop");
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

  @Test
  void takesADiskThatIsRecordedByAnotherNameOfTheFolder() throws Exception {
    DiskRecord disk = project.newDisk(RecordedProject.WEB);
    Files.move(folder, folder.resolveSibling("moved"));
    Files.createSymbolicLink(folder, Path.of("moved"));
    RecordedProject moved = new RecordedProject(folder.resolveSibling("moved"));

    assertThat(destroy(moved)).containsExactly(disk.path());
    assertThat(disk.path()).doesNotExist();
    assertThat(destroy(moved)).as("a second time").isEmpty();
  }

  private static List<Path> destroy(RecordedProject project) throws InterruptedException {
    return new Destroy(project.load(), Host.real(), new Cancellation())
        .run(List.of("web"), COMMAND, EventSink.NONE);
  }

  @Test
  void cleanNamesWhatItDeletesAlone() throws Exception {
    Path elsewhere = Files.writeString(outer.resolve("of-another.qcow2"), "disk");
    DiskRecord own = project.newDisk(RecordedProject.WEB);
    project.change(
        session -> {
          session.disks().retired(own, "base image changed");
          DiskRecord other = at(elsewhere, project.draft(session, RecordedProject.WEB));
          session.disks().planned(other);
          session.disks().retired(other, "the recorded disk is of another folder");
        });
    Destroy clean = new Destroy(project.load(), Host.real(), new Cancellation());

    assertThat(clean.clean(COMMAND, EventSink.NONE)).containsExactly(own.path());
    assertThat(own.path()).doesNotExist();
    assertThat(elsewhere).exists();
    assertThat(clean.clean(COMMAND, EventSink.NONE)).as("a second time").isEmpty();
  }

  private static DiskRecord at(Path path, DiskRecord disk) {
    return new DiskRecord(
        disk.id(),
        disk.vm(),
        path,
        disk.baseImagePath(),
        disk.baseImageHash(),
        disk.hostKey(),
        false,
        false,
        true,
        Optional.empty());
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
