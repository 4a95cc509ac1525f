package dev.castra.operation;

import static dev.castra.operation.SnapshotBuilder.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.process.ProcessIdentity;
import dev.castra.project.StateRoot;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.store.StatusReader;
import dev.castra.store.VmSnapshot;
import dev.castra.vm.BootId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the state of a VM is, from the database's word and from real processes. */
final class StatusTest {
  private static final Optional<ProcessIdentity> SELF = Optional.of(ProcessIdentity.ofSelf());

  private MarkedProcess qemu;

  @BeforeEach
  void startProcess() throws IOException {
    qemu = new MarkedProcess();
  }

  @AfterEach
  void endProcess() throws InterruptedException {
    qemu.close();
  }

  static Status status() {
    Clock clock = Clock.fixed(SnapshotBuilder.NOW, ZoneOffset.UTC);
    return new Status(new StateRoot(Path.of("/shop/.castra")), clock);
  }

  static StatusReport.Vm report(SnapshotBuilder vm) {
    return report(vm.build());
  }

  private static StatusReport.Vm report(VmSnapshot vm) {
    StatusReader.Snapshot snapshot =
        new StatusReader.Snapshot("shop", new Sha256("0c".repeat(32)), List.of(vm), List.of());
    return status().of(snapshot).vms().get(0);
  }

  @Test
  void aVmThatNeverBootedIsStopped() {
    StatusReport.Vm vm = report(vm("web"));

    assertThat(vm.state()).isEqualTo(VmState.STOPPED);
    assertThat(vm.pid()).isEmpty();
    assertThat(vm.uptimeMs()).isEmpty();
    assertThat(vm.reachable()).isFalse();
    assertThat(vm.lastRun()).isEmpty();
  }

  @Test
  void aLiveProcessWhoseGuestHasNotAnsweredIsStarting() {
    StatusReport.Vm vm = report(vm("web").boot(qemu));

    assertThat(vm.state()).isEqualTo(VmState.STARTING);
    assertThat(vm.pid()).contains(qemu.identity.pid());
    assertThat(vm.uptimeMs()).contains(100_000L);
    assertThat(vm.reachable()).isFalse();
    assertThat(vm.lastHandshakeAgeMs()).isEmpty();
  }

  @Test
  void aGuestThatAnsweredInThisBootIsRunningAndReachable() {
    StatusReport.Vm vm = report(vm("web").shaken(40).boot(qemu));

    assertThat(vm.state()).isEqualTo(VmState.RUNNING);
    assertThat(vm.reachable()).isTrue();
    assertThat(vm.lastHandshakeAgeMs()).contains(40_000L);
  }

  @Test
  void aHandshakeOfADeadProcessCountsForNothing() throws Exception {
    qemu.end();

    assertStopped(report(vm("web").shaken(40).boot(qemu)));
  }

  @Test
  void aRecycledPidIsNotTheVm() {
    ProcessIdentity other =
        new ProcessIdentity(
            qemu.identity.pid(), qemu.identity.startTicks() + 1, qemu.identity.hostBootId());

    assertStopped(report(vm("web").shaken(40).boot(qemu.boot, Optional.of(other))));
  }

  @Test
  void aProcessOfAnEarlierBootOfTheHostIsNotTheVm() {
    ProcessIdentity other =
        new ProcessIdentity(qemu.identity.pid(), qemu.identity.startTicks(), "earlier");

    assertStopped(report(vm("web").shaken(40).boot(qemu.boot, Optional.of(other))));
  }

  @Test
  void aProcessWithoutTheBootsMarkerIsNotTheVm() {
    assertStopped(report(vm("web").shaken(40).boot(BootId.fresh(), Optional.of(qemu.identity))));
  }

  @Test
  void aBootThatWasEndedOrNeverRecordedItsProcessIsStopped() {
    assertStopped(report(vm("web").shaken(40).ended().boot(qemu)));
    assertStopped(report(vm("web").boot(qemu.boot, Optional.empty())));
  }

  private static void assertStopped(StatusReport.Vm vm) {
    assertThat(vm.state()).isEqualTo(VmState.STOPPED);
    assertThat(vm.pid()).isEmpty();
    assertThat(vm.uptimeMs()).isEmpty();
    assertThat(vm.reachable()).isFalse();
    assertThat(vm.lastHandshakeAgeMs()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "wait-handshake, STARTING",
    "connect, BOOTSTRAPPING",
    "transfer, BOOTSTRAPPING",
    "apply, BOOTSTRAPPING",
    "verify, BOOTSTRAPPING"
  })
  void aLiveRunSaysWhichStepItIsIn(String step, VmState state) {
    StatusReport.Vm vm = report(vm("web").shaken(40).boot(qemu).doing(step, SELF));

    assertThat(vm.state()).isEqualTo(state);
    assertThat(vm.currentStep()).contains(new StatusReport.CurrentStep(new RunId(8), step, 5_000));
    assertThat(vm.lastRun()).isEmpty();
  }

  @Test
  void aRunWhoseVmIsStillBeingStartedIsStarting() {
    StatusReport.Vm vm = report(vm("web").begun(SELF));

    assertThat(vm.state()).isEqualTo(VmState.STARTING);
    assertThat(vm.currentStep()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"wait-handshake", "connect", "transfer", "apply", "verify"})
  void aRunThatItsDoerLeftBehindIsAnInterruptedOne(String step) throws Exception {
    StatusReport.Vm vm = report(vm("web").shaken(40).boot(qemu).doing(step, MarkedProcess.dead()));

    assertThat(vm.state()).isEqualTo(VmState.FAILED);
    assertThat(vm.currentStep()).isEmpty();
    assertThat(vm.lastRun())
        .contains(new StatusReport.LastRun(new RunId(8), "Interrupted", 60_000, 60_000));
    assertThat(vm.reachable()).isTrue();
  }

  @Test
  void aRunThatNobodyClaimsIsAnInterruptedOne() {
    StatusReport.Vm vm =
        report(
            vm("web")
                .boot(qemu)
                .lastRun(RunStatus.SUCCESS, Optional.of(qemu.boot))
                .doing("apply", Optional.empty()));

    assertThat(vm.state()).isEqualTo(VmState.FAILED);
    assertThat(vm.lastRun()).map(StatusReport.LastRun::run).contains(new RunId(8));
  }

  @Test
  void theLiveDoerOfARunIsNotMistakenForADeadOne() {
    StatusReport.Vm vm =
        report(
            vm("web")
                .shaken(40)
                .boot(qemu)
                .lastRun(RunStatus.FAILED, Optional.of(qemu.boot))
                .doing("apply", SELF));

    assertThat(vm.state()).isEqualTo(VmState.BOOTSTRAPPING);
    assertThat(vm.lastRun()).map(StatusReport.LastRun::outcome).contains("Failed");
  }

  @ParameterizedTest
  @EnumSource(
      value = RunStatus.class,
      names = {"FAILED", "INTERRUPTED"})
  void aFailureMarksTheBootItHappenedIn(RunStatus status) throws Exception {
    SnapshotBuilder failed =
        vm("web").shaken(40).boot(qemu).lastRun(status, Optional.of(qemu.boot));

    assertThat(report(failed).state()).isEqualTo(VmState.FAILED);
    assertThat(report(failed).reachable()).isTrue();
    qemu.end();
    assertThat(report(failed).state()).isEqualTo(VmState.FAILED);
    assertThat(report(failed).reachable()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = RunStatus.class,
      names = {"FAILED", "INTERRUPTED"})
  void aFailureOfAnEarlierBootMarksThisOneNot(RunStatus status) {
    Optional<BootId> earlier = Optional.of(BootId.fresh());

    assertThat(report(vm("web").shaken(40).boot(qemu).lastRun(status, earlier)).state())
        .isEqualTo(VmState.RUNNING);
    assertThat(report(vm("web").boot(qemu).lastRun(status, earlier)).state())
        .isEqualTo(VmState.STARTING);
  }

  @Test
  void aFailureBeforeTheFirstBootIsAFailure() {
    assertThat(report(vm("web").lastRun(RunStatus.FAILED, Optional.empty())).state())
        .isEqualTo(VmState.FAILED);
  }

  @Test
  void stoppingAVmTakesItsFailureAway() throws Exception {
    SnapshotBuilder failed =
        vm("web")
            .shaken(40)
            .stopRequested()
            .ended()
            .boot(qemu)
            .lastRun(RunStatus.FAILED, Optional.of(qemu.boot));

    assertThat(report(failed).state()).isEqualTo(VmState.STOPPED);
    assertThat(
            report(
                    vm("web")
                        .stopRequested()
                        .ended()
                        .boot(qemu)
                        .doing("apply", MarkedProcess.dead()))
                .state())
        .isEqualTo(VmState.STOPPED);
  }

  @ParameterizedTest
  @EnumSource(
      value = RunStatus.class,
      names = {"SUCCESS", "NOOP"})
  void aSuccessIsNoFailure(RunStatus status) throws Exception {
    SnapshotBuilder good = vm("web").shaken(40).boot(qemu).lastRun(status, Optional.of(qemu.boot));

    assertThat(report(good).state()).isEqualTo(VmState.RUNNING);
    qemu.end();
    assertThat(report(good).state()).isEqualTo(VmState.STOPPED);
  }

  @ParameterizedTest
  @CsvSource({"SUCCESS, Success", "NOOP, NoOp", "FAILED, Failed", "INTERRUPTED, Interrupted"})
  void theLastRunHasItsOutcomeAndAge(RunStatus status, String outcome) {
    assertThat(report(vm("web").lastRun(status, Optional.empty())).lastRun())
        .contains(new StatusReport.LastRun(new RunId(7), outcome, 6_800, 30_000));
  }

  @Test
  void noAgeIsNegativeAfterTheClockJumpedBack() {
    StatusReport.Vm vm = report(vm("web").shaken(-3_600).boot(qemu).doing("apply", SELF));

    assertThat(vm.lastHandshakeAgeMs()).contains(0L);
  }
}
