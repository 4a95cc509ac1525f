package dev.castra.store;

import static dev.castra.vm.ForwardedPort.LOOPBACK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.CastraEvent;
import dev.castra.event.RecordedEvent;
import dev.castra.process.ProcessIdentity;
import dev.castra.vm.BootId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.ForwardedPort.Protocol;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BootStoreTest {
  private static final ProcessIdentity QEMU = new ProcessIdentity(4242, 99, "boot");
  private static final List<ForwardedPort> PORTS =
      List.of(
          new ForwardedPort(LOOPBACK, 40_001, 22, Protocol.TCP),
          new ForwardedPort("0.0.0.0", 40_000, 53, Protocol.UDP));

  @TempDir Path folder;
  private OpenProject project;
  private DiskRecord disk;
  private BootId boot;

  @BeforeEach
  void openWithAPlannedBoot() {
    project = OpenProject.in(folder);
    disk = project.newDisk(OpenProject.WEB);
    boot = BootId.fresh();
    project.boots.planned(boot, OpenProject.WEB, disk.id(), folder, "tcg");
    project.delivered.clear();
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void aBootIsRecordedBeforeItsProcessExists() {
    assertThat(latest())
        .isEqualTo(
            new BootRecord(
                boot,
                OpenProject.WEB,
                disk.id(),
                folder,
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty()));
    assertThat(project.boots.latest(OpenProject.DB)).isEmpty();
    assertThat(project.boots.latestOfAll()).containsExactly(latest());
  }

  @Test
  void portsAreKnownBeforeThereIsAProcessThatHoldsThem() {
    project.boots.portsChosen(OpenProject.WEB, PORTS);
    project.boots.adopted(boot, QEMU);

    assertThat(project.boots.ports(OpenProject.WEB)).isEqualTo(PORTS);
  }

  @Test
  void aStartedMachineHasAProcessAndPorts() {
    project.boots.portsChosen(OpenProject.WEB, PORTS);
    project.boots.started(boot, OpenProject.WEB, QEMU, "kvm", PORTS);

    assertThat(latest().process()).contains(QEMU);
    assertThat(project.boots.ports(OpenProject.WEB)).isEqualTo(PORTS);
    assertThat(project.boots.portsOfOthers(OpenProject.DB)).containsExactly(40_001, 40_000);
    assertThat(project.boots.portsOfOthers(OpenProject.WEB)).isEmpty();
    assertThat(told())
        .containsExactly(new CastraEvent.VmStarted(OpenProject.WEB, 4242, "kvm", PORTS));
    assertThat(project.column("SELECT accel FROM boots")).containsExactly("kvm");
  }

  @Test
  void theNextBootReplacesThePorts() {
    project.boots.portsChosen(OpenProject.WEB, PORTS);
    project.boots.started(boot, OpenProject.WEB, QEMU, "tcg", PORTS);
    BootId next = BootId.fresh();
    project.boots.planned(next, OpenProject.WEB, disk.id(), folder, "tcg");
    assertThat(project.boots.ports(OpenProject.WEB)).isEqualTo(PORTS);

    List<ForwardedPort> one = PORTS.subList(1, 2);
    project.boots.portsChosen(OpenProject.WEB, one);
    project.boots.started(next, OpenProject.WEB, QEMU, "tcg", one);

    assertThat(project.boots.ports(OpenProject.WEB)).isEqualTo(one);
    assertThat(latest().id()).isEqualTo(next);
  }

  @Test
  void anAdoptedProcessIsRecordedSilently() {
    project.boots.adopted(boot, QEMU);

    assertThat(latest().process()).contains(QEMU);
    assertThat(told()).isEmpty();
    assertThat(project.column("SELECT accel FROM boots")).containsExactly("tcg");
  }

  @Test
  void onlyTheFirstHandshakeOfABootCounts() {
    project.boots.shaken(boot, OpenProject.WEB, Duration.ofMillis(1_500), 3);
    Instant first = latest().shakenAt().orElseThrow();
    project.boots.shaken(boot, OpenProject.WEB, Duration.ofMillis(9_999), 9);

    assertThat(latest().shakenAt()).contains(first);
    assertThat(told())
        .containsExactly(new CastraEvent.HandshakeCompleted(OpenProject.WEB, 1_500, 3));
    assertThat(project.column("SELECT attempts FROM handshakes")).containsExactly("3");
  }

  @Test
  void aHandshakeOfAnEarlierBootNeverCounts() {
    project.boots.shaken(boot, OpenProject.WEB, Duration.ofMillis(1), 1);
    project.boots.planned(BootId.fresh(), OpenProject.WEB, disk.id(), folder, "tcg");

    assertThat(latest().shakenAt()).isEmpty();
  }

  @Test
  void theFirstReasonOfAnEndStays() {
    project.boots.ended(boot, "powered off");
    project.boots.ended(boot, "found dead");

    assertThat(latest().ended()).isTrue();
    assertThat(project.column("SELECT end_reason FROM boots")).containsExactly("powered off");
  }

  @Test
  void aBootThatWasCalledOverTooEarlyGoesOnOnceItsProcessIsSeen() {
    project.boots.ended(boot, "process gone");
    project.boots.started(boot, OpenProject.WEB, QEMU, "tcg", PORTS);
    assertThat(latest().ended()).isFalse();

    project.boots.ended(boot, "process gone");
    project.boots.adopted(boot, QEMU);
    assertThat(latest().ended()).isFalse();
    assertThat(project.column("SELECT end_reason FROM boots")).containsExactly("null");
  }

  @Test
  void aStopThatWasAskedForIsKnown() {
    project.boots.stopRequested(boot);

    assertThat(latest().stopRequestedAt()).isPresent();
    assertThat(latest().ended()).isFalse();
  }

  private BootRecord latest() {
    return project.boots.latest(OpenProject.WEB).orElseThrow();
  }

  private List<CastraEvent> told() {
    return project.delivered.stream().map(RecordedEvent::event).toList();
  }
}
