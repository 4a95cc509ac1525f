package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.run.RunId;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.store.DiskRecord;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StampsTest {
  private static final VmName WEB = RecordedProject.WEB;
  private static final VmName DB = RecordedProject.DB;

  @TempDir Path folder;
  private RecordedProject project;

  @BeforeEach
  void write() {
    project = new RecordedProject(folder);
  }

  @Test
  void beforeTheFirstUpThereAreNoneAndNothingIsMade() {
    assertThat(project.stamps().stamps()).isEmpty();
    assertThat(folder.resolve(".castra")).doesNotExist();
  }

  @Test
  void theStampOfThePresentDiskIsCurrent() throws InterruptedException {
    DiskRecord disk = project.newDisk(WEB);
    RunId run = project.succeed(WEB);

    StampsReport.Stamp stamp = only();

    assertThat(stamp.state()).isEqualTo(StampState.CURRENT);
    assertThat(stamp.run()).isEqualTo(run);
    assertThat(stamp.disk()).isEqualTo(disk.id());
    assertThat(stamp.diskState()).isEqualTo("present");
    assertThat(stamp.baseImageHash()).isEqualTo(disk.baseImageHash());
    assertThat(stamp.supersededBy()).isEmpty();
    assertThat(stamp.withdrawal()).isEmpty();
  }

  @Test
  void anotherArtifactOnTheSameDiskSupersedesTheStamp() throws InterruptedException {
    project.newDisk(WEB);
    RunId first = project.succeed(WEB);
    project.file("bootstrap/web/run.sh", "second");
    RunId second = project.succeed(WEB);

    List<StampsReport.Stamp> stamps = project.stamps().stamps();

    assertThat(stamps).extracting(StampsReport.Stamp::run).containsExactly(second, first);
    assertThat(stamps)
        .extracting(StampsReport.Stamp::state)
        .containsExactly(StampState.CURRENT, StampState.SUPERSEDED);
    assertThat(stamps.get(1).supersededBy()).contains(second);
  }

  @Test
  void aFailedForcedRunIsNamedAsTheOneThatWithdrewTheStamp() throws InterruptedException {
    project.newDisk(WEB);
    project.succeed(WEB);
    RunId failed = project.fail(WEB, Trigger.ALWAYS, StepKind.CONNECT);

    assertThat(only().state()).isEqualTo(StampState.WITHDRAWN);
    assertThat(only().withdrawal().orElseThrow().run()).contains(failed);
  }

  @Test
  void aStampThatTheUserTookBackNamesNoRunAndStaysSoWithoutItsDisk() throws InterruptedException {
    DiskRecord disk = project.newDisk(WEB);
    project.succeed(WEB);
    project.during(session -> session.stamps().withdraw(WEB));
    assertThat(only().state()).isEqualTo(StampState.WITHDRAWN);
    assertThat(only().withdrawal().orElseThrow().run()).isEmpty();

    project.delete(disk.path());

    assertThat(only().state()).isEqualTo(StampState.WITHDRAWN);
    assertThat(only().diskState()).isEqualTo("missing");
  }

  @Test
  void aStampWhoseDiskIsGoneSaysHowItWent() throws InterruptedException {
    DiskRecord disk = project.newDisk(WEB);
    project.succeed(WEB);
    project.delete(disk.path());
    assertDiskGone("missing");

    project.change(session -> session.disks().retired(disk, "base image changed"));
    assertDiskGone("retired");

    project.change(session -> session.disks().removed(disk));
    assertDiskGone("removed");
  }

  @Test
  void anotherRunOnANewDiskTakesTheStampOver() throws InterruptedException {
    project.newDisk(WEB);
    project.succeed(WEB);
    DiskRecord second = project.newDisk(WEB);
    assertDiskGone("retired");
    RunId run = project.succeed(WEB);

    assertThat(only().run()).isEqualTo(run);
    assertThat(only().disk()).isEqualTo(second.id());
    assertThat(only().state()).isEqualTo(StampState.CURRENT);
  }

  @Test
  void aScriptThatBeganAndHasNotEndedMakesTheStampUncertain() throws InterruptedException {
    project.newDisk(WEB);
    project.succeed(WEB);
    project.abandon(WEB, Trigger.AUTO, StepKind.TRANSFER);
    assertThat(only().state()).isEqualTo(StampState.CURRENT);

    project.abandon(WEB, Trigger.AUTO, StepKind.APPLY);

    assertThat(only().state()).isEqualTo(StampState.UNCERTAIN);
  }

  @Test
  void theOrderIsThatOfTheConfigurationAndVmsThatLeftItComeLast() throws InterruptedException {
    for (VmName vm : List.of(DB, WEB)) {
      project.newDisk(vm);
      project.succeed(vm);
    }
    assertThat(names()).containsExactly(WEB, DB);

    project.file("castra.toml", RecordedProject.vm("db"));

    assertThat(names()).containsExactly(DB, WEB);
  }

  private void assertDiskGone(String diskState) {
    assertThat(only().state()).isEqualTo(StampState.DISK_GONE);
    assertThat(only().diskState()).isEqualTo(diskState);
  }

  private List<VmName> names() {
    return project.stamps().stamps().stream().map(StampsReport.Stamp::vm).toList();
  }

  private StampsReport.Stamp only() {
    List<StampsReport.Stamp> stamps = project.stamps().stamps();
    assertThat(stamps).hasSize(1);
    return stamps.get(0);
  }
}
