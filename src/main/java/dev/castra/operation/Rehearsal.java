package dev.castra.operation;

import dev.castra.bootstrap.Artifact;
import dev.castra.bootstrap.Manifest;
import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.process.ProcessIdentity;
import dev.castra.project.Project;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.store.DiskRecord;
import dev.castra.store.OpenRun;
import dev.castra.store.RunStart;
import dev.castra.store.VmClaims;
import dev.castra.vm.BootId;
import dev.castra.vm.DiskId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Goes through the motions of an {@code up} without a machine: for class archives. */
public final class Rehearsal implements AutoCloseable {
  private static final Sha256 HASH = Sha256.of(new byte[0]);

  private final ProjectSession session;

  private Rehearsal(ProjectSession session) {
    this.session = session;
  }

  public static Rehearsal begin(
      Project project, Host host, CommandLineInfo command, EventSink sink) {
    return new Rehearsal(ProjectSession.begin(project, host, command, sink));
  }

  /**
   * Fills the database with one of everything, so that what reads it is loaded too.
   *
   * @param moreEvents events to add on top, for benchmarks
   */
  public void exercise(int moreEvents) {
    session.project().vms().forEach(this::exercise);
    CastraEvent event =
        new CastraEvent.Diagnostic(Optional.empty(), "info", "rehearsal", "one of many");
    CastraEvent[] batch = new CastraEvent[100];
    Arrays.fill(batch, event);
    for (int told = 0; told < moreEvents; told += batch.length) {
      session.events().publish(batch);
    }
  }

  private void exercise(VmSpec spec) {
    VmName vm = spec.name();
    DiskRecord disk = disk(vm);
    session.disks().planned(disk);
    session.disks().created(disk);
    BootId boot = BootId.fresh();
    session.boots().planned(boot, vm, disk.id(), Path.of("boot"), "tcg");
    session.boots().started(boot, vm, ProcessIdentity.ofSelf(), "tcg", List.of(port(spec)));
    session.boots().shaken(boot, vm, Duration.ofSeconds(5), 7);
    Artifact artifact =
        new Artifact(
            HASH, new Manifest(List.of()), spec.bootstrap(), Path.of("run.sh"), List.of(), 0);
    OpenRun run =
        session
            .runs()
            .start(
                new RunStart(
                    UUID.randomUUID(),
                    vm,
                    disk.id(),
                    HASH,
                    artifact,
                    Trigger.AUTO,
                    "rehearsal",
                    session.runTimes().usual(vm, HASH, true)));
    run.stepStarted(StepKind.APPLY);
    run.stepEnded(
        new StepRecord(StepKind.APPLY, StepStatus.SUCCESS, session.events().now(), 1, ""));
    run.completed(RunStatus.SUCCESS, 1);
    session.claims().tryClaim(vm).ifPresent(VmClaims.Claim::close);
    session.runs().unfinished(vm);
    session.disks().present(vm).map(known -> session.runs().facts(known, Optional.of(HASH)));
    session.boots().latest(vm);
    session.boots().ports(vm);
  }

  private static DiskRecord disk(VmName vm) {
    return new DiskRecord(
        DiskId.fresh(),
        vm,
        Path.of("disk"),
        Path.of("image"),
        HASH,
        "key",
        false,
        false,
        false,
        Optional.empty());
  }

  private static ForwardedPort port(VmSpec spec) {
    return spec.ports().stream()
        .findFirst()
        .map(port -> port.withHostPort(1))
        .orElse(new ForwardedPort(ForwardedPort.LOOPBACK, 1, 22, ForwardedPort.Protocol.TCP));
  }

  @Override
  public void close() {
    session.end(0);
    session.close();
  }
}
