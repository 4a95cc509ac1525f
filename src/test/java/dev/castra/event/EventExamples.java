package dev.castra.event;

import dev.castra.run.OutcomeStatus;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.run.UsualTimes;
import dev.castra.vm.DiskId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Events of every type and variant, in the order of the lines of their goldens. */
public final class EventExamples {
  public static final VmName WEB = new VmName("web");
  public static final VmName DB = new VmName("db");
  public static final RunId RUN = new RunId(12);
  public static final Sha256 IMAGE = new Sha256("1f".repeat(32));
  public static final Sha256 ARTIFACT = new Sha256("2e".repeat(32));

  private static final Instant NOON = Instant.parse("2026-07-30T12:34:56.789Z");
  private static final Optional<String> LOG =
      Optional.of("/shop/.castra/logs/bootstrap/web/12.json");
  private static final String MISTAKE = "The script ended with exit status 7.";
  private static final DiskId DISK =
      new DiskId(UUID.fromString("6f1b1c1e-6b0a-4d52-9a83-3b9b6f0a7c11"));

  private EventExamples() {}

  public static RecordedEvent recorded(CastraEvent event) {
    return new RecordedEvent(7, NOON, event);
  }

  public static List<CastraEvent> ofType(String type) {
    return all().stream().filter(event -> event.type().equals(type)).toList();
  }

  public static List<CastraEvent> all() {
    return java.util.stream.Stream.of(runs(), machines(), shutdown())
        .flatMap(List::stream)
        .toList();
  }

  public static CastraEvent.BootstrapPlanned planned(String action, String reason) {
    return new CastraEvent.BootstrapPlanned(WEB, action, "auto", reason);
  }

  public static CastraEvent.BootstrapStep step(
      StepKind kind, StepStatus status, long durationMs, String detail) {
    return new CastraEvent.BootstrapStep(
        WEB, RUN, new StepRecord(kind, status, NOON, durationMs, detail));
  }

  public static CastraEvent.BootstrapCompleted success() {
    return new CastraEvent.BootstrapCompleted(
        WEB,
        Optional.of(RUN),
        OutcomeStatus.Success,
        Optional.of(IMAGE),
        Optional.of(ARTIFACT),
        "the disk is new",
        6_800,
        LOG);
  }

  public static CastraEvent.BootstrapFailed failure() {
    return new CastraEvent.BootstrapFailed(
        WEB, RUN, RunStatus.FAILED, Optional.of("apply"), MISTAKE, "Mend the script.", 6_800, LOG);
  }

  public static Outcome succeeded() {
    return new Outcome(
        WEB, OutcomeStatus.Success, "the disk is new", Optional.of(RUN), 6_800, Optional.empty());
  }

  public static Outcome failed() {
    return new Outcome(
        WEB,
        OutcomeStatus.Failed,
        "the disk is new",
        Optional.of(RUN),
        6_800,
        Optional.of(
            new Outcome.Failure(
                Optional.of("apply"),
                MISTAKE,
                "Mend the script.",
                LOG,
                70,
                Optional.of("/shop/.castra/reports/web-run-12.tar.gz"))));
  }

  public static Outcome untouched(OutcomeStatus status, String reason) {
    return new Outcome(DB, status, reason, Optional.empty(), 40, Optional.empty());
  }

  private static List<CastraEvent> runs() {
    return List.of(
        new CastraEvent.UpStarted("shop", List.of(WEB, DB)),
        planned("run", "the disk is new"),
        started(Trigger.AUTO, "the disk is new", Optional.empty()),
        started(Trigger.ALWAYS, "forced by mode `always`", Optional.of(usual())),
        step(StepKind.WAIT_HANDSHAKE, StepStatus.SUCCESS, 5_100, "5 tries"),
        step(StepKind.CONNECT, StepStatus.SUCCESS, 56, "Linux 6.1.0 x86_64"),
        step(StepKind.TRANSFER, StepStatus.SUCCESS, 1_080, ""),
        step(StepKind.APPLY, StepStatus.FAILED, 185_000, MISTAKE),
        step(StepKind.VERIFY, StepStatus.SKIPPED, 0, "nothing to verify"),
        success(),
        new CastraEvent.BootstrapCompleted(
            WEB,
            Optional.empty(),
            OutcomeStatus.NoOp,
            Optional.of(IMAGE),
            Optional.of(ARTIFACT),
            "unchanged since run 12",
            40,
            Optional.empty()),
        new CastraEvent.BootstrapCompleted(
            WEB,
            Optional.empty(),
            OutcomeStatus.Skipped,
            Optional.empty(),
            Optional.empty(),
            "bootstrap is disabled",
            40,
            Optional.empty()),
        failure(),
        new CastraEvent.BootstrapFailed(
            WEB,
            RUN,
            RunStatus.INTERRUPTED,
            Optional.empty(),
            "castra died.",
            "Run `castra up`.",
            6_800,
            LOG),
        new CastraEvent.BootstrapFailed(
            WEB,
            RUN,
            RunStatus.FAILED,
            Optional.empty(),
            "The run log cannot be written.",
            "Free some space.",
            0,
            Optional.empty()),
        new CastraEvent.UpCompleted(
            0,
            6_800,
            List.of(succeeded(), untouched(OutcomeStatus.NoOp, "unchanged since run 11"))),
        new CastraEvent.UpCompleted(
            70,
            6_800,
            List.of(failed(), untouched(OutcomeStatus.Skipped, "bootstrap is disabled"))));
  }

  public static CastraEvent started(Trigger trigger, String reason, Optional<UsualTimes> usual) {
    return new CastraEvent.BootstrapStarted(WEB, RUN, IMAGE, ARTIFACT, trigger, reason, usual);
  }

  /** Of eight runs. */
  public static UsualTimes usual() {
    return new UsualTimes(
        OptionalLong.of(7_400),
        Map.of(
            StepKind.WAIT_HANDSHAKE,
            new UsualTimes.Step(200, OptionalLong.of(300)),
            StepKind.APPLY,
            new UsualTimes.Step(7_000, OptionalLong.of(9_000))));
  }

  private static List<CastraEvent> machines() {
    return List.of(
        new CastraEvent.Diagnostic(
            Optional.of(WEB),
            "info",
            "bootstrap-skipped",
            "not bootstrapped: bootstrap is disabled"),
        new CastraEvent.Diagnostic(
            Optional.empty(), "warning", "accel-fallback", "KVM is not usable"),
        new CastraEvent.Diagnostic(
            Optional.of(WEB),
            "warning",
            "slow-step",
            "`apply` is slow: 27 s so far, usually at most 9.0 s",
            Optional.of(
                new CastraEvent.SlowStep(RUN, new UsualTimes.Slow(StepKind.APPLY, 27_100, 9_000)))),
        new CastraEvent.MachinePinned(
            WEB,
            DISK,
            IMAGE,
            "deploy@build.example:22",
            "SHA256:Hx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8"),
        new CastraEvent.DiskCreated(WEB, DISK, IMAGE, "/shop/.castra/vms/web/disk.qcow2"),
        new CastraEvent.DiskRetired(
            WEB, DISK, "base image changed", "/shop/.castra/vms/web/old.qcow2"),
        new CastraEvent.StampWithdrawn(WEB, RUN, IMAGE, ARTIFACT),
        new CastraEvent.VmStarted(
            WEB,
            4711,
            "tcg",
            List.of(
                new ForwardedPort("127.0.0.1", 40_701, 22, ForwardedPort.Protocol.TCP),
                new ForwardedPort("0.0.0.0", 5_353, 53, ForwardedPort.Protocol.UDP))),
        new CastraEvent.VmStarted(WEB, 4711, "kvm", List.of()),
        new CastraEvent.HandshakeCompleted(WEB, 5_000, 5),
        new CastraEvent.VmFailed(
            WEB,
            "QEMU ended at once.",
            "Read its log.",
            Optional.of("/shop/.castra/vms/web/boot/qemu.log"),
            Optional.empty()),
        new CastraEvent.VmFailed(
            WEB,
            "VM `web` is being worked on.",
            "Try again later.",
            Optional.empty(),
            Optional.empty()),
        new CastraEvent.VmFailed(
            WEB,
            "No SSH handshake.",
            "Read its serial log.",
            Optional.of("/shop/.castra/vms/web/boot/serial.log"),
            Optional.of(
                new SilentGuest(
                    "no-banner", Optional.of("login-prompt"), List.of("Welcome", "login:")))));
  }

  private static List<CastraEvent> shutdown() {
    return List.of(
        new CastraEvent.ShutdownRequested(WEB, 4711),
        new CastraEvent.CooperativeAttempted(WEB, "QMP system_powerdown", 20_000),
        new CastraEvent.CooperativeSucceeded(WEB, 2_100),
        new CastraEvent.CooperativeTimedOut(WEB, "the guest did not power off within 20000 ms"),
        new CastraEvent.ShutdownEscalated(WEB, "SIGTERM"),
        new CastraEvent.ShutdownComplete(WEB, "graceful", 2_100));
  }
}
