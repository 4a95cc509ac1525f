package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.RecordedEvent;
import dev.castra.vm.DiskId;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
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

  /** Each castra has seen the machine for one VM, and asks at the same moment to record it. */
  @Test
  void twoCastrasThatMeetOneMachineDoNotBothRecordIt() throws Exception {
    try (OpenProject other = OpenProject.in(folder)) {
      for (int round = 0; round < 20; round++) {
        String key = "ssh-ed25519 AAAA" + round;
        CyclicBarrier together = new CyclicBarrier(2);
        FutureTask<Boolean> second =
            new FutureTask<>(() -> pin(other, OpenProject.DB, key, together));
        Thread thread = new Thread(second, "second-castra");
        thread.setDaemon(true);
        thread.start();

        boolean first = pin(project, OpenProject.WEB, key, together);

        assertThat(List.of(first, second.get())).containsExactlyInAnyOrder(true, false);
      }
    }
  }

  private static boolean pin(OpenProject castra, VmName vm, String key, CyclicBarrier together)
      throws Exception {
    castra.disks.present(vm).ifPresent(castra.disks::removed);
    DiskRecord machine = machine(vm, key);
    together.await(30, TimeUnit.SECONDS);
    try {
      castra.disks.pinned(machine, "root@10.0.0.1:22", "SHA256:x");
      return true;
    } catch (CastraException refused) {
      assertThat(refused.code()).isEqualTo(ErrorCode.HOST_KEY_MISMATCH);
      return false;
    }
  }

  private static DiskRecord machine(VmName vm, String key) {
    Path address = DiskRecord.machine("root@10.0.0.1:22");
    return new DiskRecord(
        DiskId.fresh(),
        vm,
        address,
        address,
        OpenProject.IMAGE,
        key,
        true,
        false,
        true,
        Optional.empty());
  }

  @Test
  void theKeyOfAVmThatLeftTheConfigurationIsFree() {
    project.disks.pinned(
        machine(OpenProject.DB, "ssh-ed25519 AAAA"), "root@10.0.0.1:22", "SHA256:x");
    project.invocations.begin(
        project.invocation, OpenProject.project("shop", "2", OpenProject.WEB), Instant.now());

    project.disks.pinned(
        machine(OpenProject.WEB, "ssh-ed25519 AAAA"), "root@10.0.0.1:22", "SHA256:x");

    assertThat(project.present(OpenProject.WEB).hostKey()).isEqualTo("ssh-ed25519 AAAA");
  }
}
