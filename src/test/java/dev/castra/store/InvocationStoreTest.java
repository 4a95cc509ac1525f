package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.image.ImageFingerprint;
import dev.castra.process.ProcessIdentity;
import dev.castra.process.Ticker;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InvocationStoreTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

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
  void aCommandIsRecordedOnceWithItsEnd() {
    project.invocations.begin(
        project.invocation, OpenProject.project("shop", "1", OpenProject.WEB, OpenProject.DB), NOW);
    project.invocations.end(project.invocation, 70, NOW);

    assertThat(
            project
                .fetch("SELECT command, pid, exit_code, ended_at FROM invocations")
                .map(row -> List.of(row.get(0), row.get(1), row.get(2))))
        .containsExactly(List.of("castra up", ProcessIdentity.ofSelf().pid(), 70));
  }

  @Test
  void aLongCommandIsCutToFit() {
    Invocation wordy =
        new Invocation(
            UUID.randomUUID(), "castra up " + "x".repeat(5_000), "1", ProcessIdentity.ofSelf());
    project.invocations.begin(wordy, OpenProject.project("shop", "1", OpenProject.WEB), NOW);

    assertThat(project.column("SELECT MAX(LENGTH(command)) FROM invocations"))
        .containsExactly("1000");
  }

  @Test
  void theMachinesFollowTheConfiguration() {
    VmName mail = new VmName("mail");
    project.invocations.begin(
        project.invocation, OpenProject.project("bazaar", "2", mail, OpenProject.WEB), NOW);

    StatusReader.Snapshot snapshot =
        new StatusReader(project.root, Ticker.system()).read().orElseThrow();
    assertThat(snapshot.projectName()).isEqualTo("bazaar");
    assertThat(snapshot.configHash()).isEqualTo(OpenProject.sha256("2"));
    assertThat(snapshot.inConfig())
        .extracting(VmSnapshot::vm)
        .containsExactly(mail, OpenProject.WEB);
    assertThat(snapshot.others()).extracting(VmSnapshot::vm).containsExactly(OpenProject.DB);
  }

  @Test
  void aMachineThatComesBackKeepsItsDisk() {
    DiskRecord disk = project.newDisk(OpenProject.DB);
    project.invocations.begin(
        project.invocation, OpenProject.project("shop", "2", OpenProject.WEB), NOW);
    project.invocations.begin(
        project.invocation, OpenProject.project("shop", "3", OpenProject.DB, OpenProject.WEB), NOW);

    assertThat(project.present(OpenProject.DB).id()).isEqualTo(disk.id());
    assertThat(project.column("SELECT vm FROM vms WHERE in_config ORDER BY position"))
        .containsExactly("db", "web");
  }

  @Test
  void anImagesHashIsRememberedWhileTheImageLooksTheSame() {
    ImageHashStore hashes = new ImageHashStore(project.database, project.events);
    Path path = Path.of("/images/debian.qcow2");
    ImageFingerprint image = new ImageFingerprint(path, 10, 20, "(dev=1,ino=2)");
    assertThat(hashes.find(image)).isEmpty();

    hashes.remember(image, OpenProject.IMAGE);

    assertThat(hashes.find(image)).contains(OpenProject.IMAGE);
    assertThat(hashes.find(new ImageFingerprint(path, 11, 20, "(dev=1,ino=2)"))).isEmpty();
    assertThat(hashes.find(new ImageFingerprint(path, 10, 21, "(dev=1,ino=2)"))).isEmpty();
    assertThat(hashes.find(new ImageFingerprint(path, 10, 20, "(dev=1,ino=3)"))).isEmpty();
    assertThat(hashes.find(new ImageFingerprint(Path.of("/images/x"), 10, 20, "(dev=1,ino=2)")))
        .isEmpty();

    ImageFingerprint changed = new ImageFingerprint(path, 11, 21, "(dev=1,ino=2)");
    hashes.remember(changed, OpenProject.sha256("changed"));
    assertThat(hashes.find(image)).isEmpty();
    assertThat(hashes.find(changed)).contains(OpenProject.sha256("changed"));
  }
}
