package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.store.DiskRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The record of one project, in the folder of another that has VMs of the same names. */
final class RestoredElsewhereTest {
  @TempDir Path folder;
  private RecordedProject other;
  private Path backup;
  private DiskRecord disk;

  @BeforeEach
  void backUpAnother() throws InterruptedException {
    RecordedProject first = new RecordedProject(folder.resolve("first"));
    disk = first.newDisk(RecordedProject.WEB);
    first.succeed(RecordedProject.WEB, 1);
    backup = folder.resolve("first.zip");
    new KeepDatabase(first.load(), Host.real()).backUp(backup, false);
    other = new RecordedProject(folder.resolve("other"));
  }

  @Test
  void isRefusedByItsDisks() throws InterruptedException {
    other.newDisk(RecordedProject.WEB);
    byte[] before = content();

    CastraException refused =
        catchThrowableOfType(CastraException.class, () -> restore(RestoreDatabase.Terms.STRICT));

    assertThat(refused.code()).isEqualTo(ErrorCode.DATABASE);
    assertThat(refused)
        .hasMessageContaining("record of another folder: it has disk `" + disk.path() + "`");
    assertThat(refused.hint()).contains("--moved");
    assertThat(content()).isEqualTo(before);
  }

  @Test
  void isTakenOfAProjectThatMovedAndNoneOfItsDisksIsUsed() throws InterruptedException {
    restore(new RestoreDatabase.Terms(false, true));

    Disks.Plan plan =
        Disks.plan(
            other.root(),
            other.during(session -> session.disks().present(RecordedProject.WEB)),
            other.plan(RecordedProject.WEB).spec().disk(),
            disk.baseImageHash());

    assertThat(plan)
        .isInstanceOfSatisfying(
            Disks.Plan.Fresh.class,
            fresh -> {
              assertThat(fresh.reason()).isEqualTo("the recorded disk is of another folder");
              assertThat(fresh.old()).map(DiskRecord::id).isEqualTo(Optional.of(disk.id()));
            });
    other.change(
        session ->
            new DiskRemoval(session).remove(session.disks().present(disk.vm()).orElseThrow()));
    assertThat(disk.path()).exists();
  }

  private RestoreReport restore(RestoreDatabase.Terms terms) {
    return new RestoreDatabase(other.load(), Host.real())
        .run(backup, terms, new CommandLineInfo("castra db restore", "test"));
  }

  private byte[] content() {
    try {
      return Files.readAllBytes(other.root().databaseFile());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
