package dev.castra.operation;

import dev.castra.process.ProcessIdentity;
import dev.castra.project.StateRoot;
import dev.castra.qemu.RunningVm;
import dev.castra.run.RunStatus;
import dev.castra.store.StatusReader;
import dev.castra.store.VmSnapshot;
import dev.castra.vm.SshTarget;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import dev.castra.vm.VmState;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Answers what the VMs are doing, at once: from the database and the host's process table, never
 * from a guest, never waiting for whoever works. States are derived from what lives, not from what
 * was written before a crash.
 */
public final class Status {
  private final StateRoot root;
  private final Clock clock;

  public Status(StateRoot root, Clock clock) {
    this.root = root;
    this.clock = clock;
  }

  /** The report when the database already reflects castra.toml. */
  public StatusReport of(StatusReader.Snapshot snapshot) {
    List<StatusReport.Vm> vms = new ArrayList<>();
    snapshot.inConfig().forEach(vm -> vms.add(report(vm)));
    addStrays(snapshot.others(), vms);
    return new StatusReport(snapshot.projectName(), root.path(), vms);
  }

  /** The report when castra.toml has changed since the last {@code up}, or there was none. */
  public StatusReport of(
      String projectName, List<VmSpec> specs, Optional<StatusReader.Snapshot> snapshot) {
    List<VmSnapshot> known = new ArrayList<>();
    snapshot.ifPresent(
        present -> {
          known.addAll(present.inConfig());
          known.addAll(present.others());
        });
    Map<String, VmSnapshot> byName =
        known.stream().collect(Collectors.toMap(vm -> vm.vm().value(), Function.identity()));
    List<StatusReport.Vm> vms = new ArrayList<>();
    for (VmSpec spec : specs) {
      VmSnapshot vm = byName.remove(spec.name().value());
      vms.add(vm == null ? never(spec) : report(vm));
    }
    addStrays(List.copyOf(byName.values()), vms);
    return new StatusReport(projectName, root.path(), vms);
  }

  private void addStrays(List<VmSnapshot> others, List<StatusReport.Vm> vms) {
    others.stream()
        .map(this::report)
        .filter(vm -> vm.state() != VmState.STOPPED && vm.pid().isPresent())
        .forEach(vms::add);
  }

  private static StatusReport.Vm never(VmSpec spec) {
    return new StatusReport.Vm(
        spec.name(),
        spec.role(),
        VmState.STOPPED,
        Optional.empty(),
        Optional.empty(),
        owned(spec.cpus(), spec.ssh()),
        owned(spec.memoryMib(), spec.ssh()),
        false,
        Optional.empty(),
        spec.ports(),
        spec.ssh().map(SshTarget::address),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private StatusReport.Vm report(VmSnapshot vm) {
    Instant now = clock.instant();
    Optional<ProcessIdentity> process = vm.boot().flatMap(boot -> process(root, vm.vm(), boot));
    Optional<VmSnapshot.Boot> alive = vm.boot().filter(boot -> process.isPresent());
    Optional<Instant> shaken =
        alive
            .flatMap(VmSnapshot.Boot::shakenAt)
            .or(() -> vm.contact().flatMap(VmSnapshot.Contact::at));
    Optional<VmSnapshot.CurrentRun> current =
        vm.currentRun().filter(run -> run.doer().filter(ProcessIdentity::isAlive).isPresent());
    return new StatusReport.Vm(
        vm.vm(),
        vm.role(),
        state(vm, alive.isPresent(), current),
        process.map(ProcessIdentity::pid),
        alive.map(boot -> age(now, boot.startedAt())),
        owned(vm.cpus(), vm.contact()),
        owned(vm.memoryMib(), vm.contact()),
        vm.contact().map(VmSnapshot.Contact::ok).orElse(shaken.isPresent()),
        shaken.map(at -> age(now, at)),
        vm.ports(),
        vm.contact().map(VmSnapshot.Contact::address),
        current.flatMap(run -> step(run, now)),
        lastRun(vm, current.isPresent(), now),
        stamp(vm));
  }

  private static Optional<Integer> owned(int size, Optional<?> foreignMachine) {
    return foreignMachine.isPresent() ? Optional.empty() : Optional.of(size);
  }

  /** While a script runs, or after it was left behind, nobody knows what the disk holds. */
  private static Optional<StatusReport.Stamp> stamp(VmSnapshot vm) {
    boolean unknown =
        vm.currentRun()
            .flatMap(VmSnapshot.CurrentRun::step)
            .filter(step -> step.equals("apply") || step.equals("verify"))
            .isPresent();
    return vm.stamp()
        .filter(held -> !unknown)
        .map(held -> new StatusReport.Stamp(held.baseImageHash(), held.artifactHash()));
  }

  /**
   * The live process of the VM's boot; looked for where its starter has not recorded it, or never
   * will.
   */
  static Optional<ProcessIdentity> process(StateRoot root, VmName vm, VmSnapshot.Boot boot) {
    if (boot.ended()) {
      return Optional.empty();
    }
    OwnBoots own = new OwnBoots(root);
    if (boot.process().isPresent()) {
      return boot.process()
          .filter(process -> process.isAliveWith(boot.id().toString()))
          .filter(process -> own.has(vm, boot.id(), Path.of(boot.directory())));
    }
    return own.find(vm, boot).map(RunningVm::process);
  }

  private static VmState state(
      VmSnapshot vm, boolean alive, Optional<VmSnapshot.CurrentRun> current) {
    if (current.isPresent()) {
      boolean waiting = current.get().step().filter("wait-handshake"::equals).isPresent();
      boolean there = alive || vm.contact().isPresent();
      return waiting || !there ? VmState.STARTING : VmState.BOOTSTRAPPING;
    }
    if (lastRunFailed(vm, alive)) {
      return VmState.FAILED;
    }
    if (vm.contact().isPresent()) {
      return vm.contact().get().ok() ? VmState.RUNNING : VmState.STOPPED;
    }
    if (!alive) {
      return VmState.STOPPED;
    }
    return vm.boot().flatMap(VmSnapshot.Boot::shakenAt).isPresent()
        ? VmState.RUNNING
        : VmState.STARTING;
  }

  /** A failed run marks the boot it happened in, until somebody stops the VM. */
  private static boolean lastRunFailed(VmSnapshot vm, boolean alive) {
    if (!alive && vm.boot().filter(VmSnapshot.Boot::stopRequested).isPresent()) {
      return false;
    }
    boolean orphaned = vm.currentRun().isPresent();
    return orphaned
        || vm.lastRun()
            .filter(run -> !run.status().holdsArtifact())
            .filter(run -> sameBoot(run, vm))
            .isPresent();
  }

  /** Compares texts: a record's own equals is linked at run time, and status is to be quick. */
  private static boolean sameBoot(VmSnapshot.LastRun run, VmSnapshot vm) {
    String ranIn = run.boot().map(Object::toString).orElse("");
    return ranIn.equals(vm.boot().map(boot -> boot.id().toString()).orElse(""));
  }

  private static Optional<StatusReport.CurrentStep> step(VmSnapshot.CurrentRun run, Instant now) {
    return run.step()
        .map(
            step ->
                new StatusReport.CurrentStep(
                    run.run(), step, age(now, run.stepStartedAt().orElse(run.startedAt()))));
  }

  private static Optional<StatusReport.LastRun> lastRun(
      VmSnapshot vm, boolean running, Instant now) {
    if (!running && vm.currentRun().isPresent()) {
      VmSnapshot.CurrentRun orphan = vm.currentRun().get();
      long age = age(now, orphan.startedAt());
      return Optional.of(new StatusReport.LastRun(orphan.run(), "Interrupted", age, age));
    }
    return vm.lastRun()
        .map(
            run ->
                new StatusReport.LastRun(
                    run.run(), outcome(run.status()), run.durationMs(), age(now, run.endedAt())));
  }

  private static String outcome(RunStatus status) {
    return switch (status) {
      case SUCCESS -> "Success";
      case NOOP -> "NoOp";
      case FAILED -> "Failed";
      case INTERRUPTED, RUNNING -> "Interrupted";
    };
  }

  private static long age(Instant now, Instant then) {
    return Math.max(0, Duration.between(then, now).toMillis());
  }
}
