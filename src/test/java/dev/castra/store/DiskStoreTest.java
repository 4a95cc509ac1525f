package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.CastraEvent;
import dev.castra.event.RecordedEvent;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskStoreTest {
  @TempDir Path folder;
  private OpenProject project;

  @BeforeEach
  void open() {
    project = OpenProject.in(folder);
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void aDiskIsRecordedBeforeItsFileExists() {
    assertThat(project.disks.present(OpenProject.WEB)).isEmpty();
    DiskRecord planned = project.plannedDisk(OpenProject.WEB, "ssh-ed25519 AAAA castra");

    assertThat(project.present(OpenProject.WEB)).isEqualTo(planned);
    assertThat(project.delivered).isEmpty();

    project.disks.created(planned);
    assertThat(project.present(OpenProject.WEB).complete()).isTrue();
    assertThat(project.delivered.stream().map(RecordedEvent::event))
        .containsExactly(
            new CastraEvent.DiskCreated(
                OpenProject.WEB, planned.id(), OpenProject.IMAGE, planned.path().toString()));
  }

  @Test
  void aRetiredDiskIsRememberedUntilItsFileIsRemoved() {
    DiskRecord old = project.newDisk(OpenProject.WEB);
    project.disks.retired(old, "base image changed");
    DiskRecord young = project.newDisk(OpenProject.WEB);

    assertThat(project.disks.retired()).extracting(DiskRecord::id).containsExactly(old.id());
    assertThat(project.present(OpenProject.WEB).id()).isEqualTo(young.id());

    project.disks.removed(old);
    assertThat(project.disks.retired()).isEmpty();
    assertThat(project.present(OpenProject.WEB).id()).isEqualTo(young.id());
    assertThat(project.column("SELECT state FROM disks ORDER BY created_at"))
        .containsExactly("removed", "current");
  }

  @Test
  void aRemovedDiskIsNobodys() {
    project.disks.removed(project.newDisk(OpenProject.WEB));

    assertThat(project.disks.present(OpenProject.WEB)).isEmpty();
    assertThat(project.disks.retired()).isEmpty();
  }

  @Test
  void theHostKeyIsPinnedToTheDisk() {
    DiskRecord disk = project.newDisk(OpenProject.WEB);
    assertThat(disk.hostKeyConfirmed()).isFalse();

    project.disks.pinHostKey(disk.id(), "ssh-ed25519 SHOWN");

    assertThat(project.present(OpenProject.WEB).hostKey()).isEqualTo("ssh-ed25519 SHOWN");
    assertThat(project.present(OpenProject.WEB).hostKeyConfirmed()).isTrue();
  }

  @Test
  void aHostKeyNamesTheMachineItBelongsTo() {
    DiskRecord web = project.plannedDisk(OpenProject.WEB, "ssh-ed25519 AAAAweb castra");
    project.plannedDisk(OpenProject.DB, "ssh-ed25519 AAAAdb castra");

    assertThat(project.disks.ownerOfHostKey("ssh-ed25519 AAAAweb", OpenProject.DB))
        .contains(OpenProject.WEB);
    assertThat(project.disks.ownerOfHostKey("ssh-ed25519 AAAAweb other note", OpenProject.DB))
        .contains(OpenProject.WEB);
    assertThat(project.disks.ownerOfHostKey("ssh-ed25519 AAAAweb", OpenProject.WEB)).isEmpty();
    assertThat(project.disks.ownerOfHostKey("ssh-ed25519 AAAAwe", OpenProject.DB)).isEmpty();
    assertThat(project.disks.ownerOfHostKey("ssh-ed25519 %", OpenProject.DB)).isEmpty();

    project.disks.retired(web, "replaced");
    assertThat(project.disks.ownerOfHostKey("ssh-ed25519 AAAAweb", OpenProject.DB)).isEmpty();
  }
}
