package dev.castra.operation;

import dev.castra.bootstrap.ManifestEntry;
import dev.castra.project.Project;
import dev.castra.run.RunStatus;
import dev.castra.store.DiskHistory;
import dev.castra.store.DiskRecord;
import dev.castra.store.ProjectHistory;
import dev.castra.store.StampReader;
import dev.castra.store.StampRecord;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Says what a VM's present disk holds, where it has that from, and what the next {@code up} would
 * do. Takes no claim, changes nothing, never enters the guest.
 */
public final class ExplainStamp {
  private final Project project;
  private final Host host;

  public ExplainStamp(Project project, Host host) {
    this.project = project;
    this.host = host;
  }

  /**
   * Blocks while it hashes the payload, and a base image that no {@code up} has hashed yet.
   *
   * @throws dev.castra.error.CastraException with {@code VM_NOT_FOUND} if neither castra.toml nor
   *     the record has the VM
   */
  public StampExplanation of(String name) throws InterruptedException {
    Optional<VmSpec> spec = Selection.vm(project, name);
    Optional<Forecast> forecast = Optional.empty();
    if (spec.isPresent()) {
      forecast =
          Optional.of(
              Forecast.prepare(
                  project, spec.get(), spec.get().bootstrap().mode(), host, new ImageLooks()));
    } else if (!VmName.isValid(name)) {
      throw Selection.noSuchVm(project, name);
    }
    VmName vm = new VmName(name);
    ProjectHistory recorded =
        new StampReader(project.stateRoot(), host.ticker())
            .histories(Map.of(vm, forecast.flatMap(Forecast::image)));
    if (spec.isEmpty() && !recorded.vms().containsKey(vm)) {
      throw Selection.noSuchVm(project, name);
    }
    DiskHistory history = recorded.of(vm);
    boolean foreign = spec.flatMap(VmSpec::ssh).isPresent();
    StampExplanation.Next next = forecast.isPresent() ? forecast.get().of(recorded) : left();
    return explain(vm, history, foreign, next);
  }

  /** Its disk and stamps are kept all the same. */
  private static StampExplanation.Next left() {
    return StampExplanation.Next.without(
        "none", Optional.empty(), "castra.toml no longer has this VM");
  }

  private StampExplanation explain(
      VmName vm, DiskHistory history, boolean foreign, StampExplanation.Next next) {
    Optional<StampExplanation.Stamp> stamp = stamp(history);
    return new StampExplanation(
        vm,
        history.disk().map(ExplainStamp::disk),
        stamp,
        stamp.isPresent() ? Optional.empty() : Optional.of(whyNone(history, foreign)),
        history
            .holder()
            .filter(holder -> holder.process().isAlive())
            .map(
                holder ->
                    new StampExplanation.Worker(
                        holder.process().pid(), holder.command(), holder.since())),
        next);
  }

  private static StampExplanation.Disk disk(DiskRecord disk) {
    return new StampExplanation.Disk(
        disk.id(),
        !disk.complete() ? "unfinished" : disk.isThere() ? "present" : "missing",
        disk.path(),
        disk.baseImagePath(),
        disk.baseImageHash());
  }

  private Optional<StampExplanation.Stamp> stamp(DiskHistory history) {
    return history
        .stamp()
        .filter(stamp -> StampState.of(stamp) == StampState.CURRENT)
        .flatMap(stamp -> history.lastSuccess().map(run -> stamp(stamp, run)));
  }

  private StampExplanation.Stamp stamp(StampRecord stamp, DiskHistory.EndedRun run) {
    long ageMs = Duration.between(stamp.stampedAt(), host.clock().instant()).toMillis();
    return new StampExplanation.Stamp(
        stamp.run(),
        stamp.stampedAt(),
        Math.max(0, ageMs),
        stamp.baseImageHash(),
        stamp.artifactHash(),
        run.trigger().id(),
        run.reason(),
        run.durationMs(),
        run.logPath(),
        run.payloadBytes(),
        run.past().manifest().entries().stream().map(ExplainStamp::entry).toList());
  }

  private static StampExplanation.Entry entry(ManifestEntry entry) {
    return new StampExplanation.Entry(
        entry.kind().id(),
        entry.name(),
        entry.hasMode() ? Optional.of(entry.mode()) : Optional.empty(),
        entry.hasTellableContent() ? Optional.of(entry.sizeBytes()) : Optional.empty(),
        entry.hasTellableContent() ? Optional.of(entry.sha256()) : Optional.empty());
  }

  private static String whyNone(DiskHistory history, boolean foreign) {
    Optional<DiskRecord> disk = history.disk();
    if (disk.isEmpty()) {
      return foreign ? "the machine is not known yet" : "the VM has no disk";
    }
    if (!disk.get().complete()) {
      return disk.get().isMachine()
          ? "the machine never showed its SSH host key"
          : "the disk was never finished";
    }
    if (!disk.get().isThere()) {
      return "the disk's file is gone";
    }
    Optional<StampRecord> stamp = history.stamp();
    if (stamp.isEmpty()) {
      return "no run has succeeded on this disk" + lastFailure(history);
    }
    return stamp
        .get()
        .withdrawal()
        .map(withdrawal -> withdrawn(stamp.get(), withdrawal) + lastFailure(history))
        .orElseGet(() -> uncertain(history));
  }

  private static String withdrawn(StampRecord stamp, StampRecord.Withdrawal withdrawal) {
    String by = withdrawal.run().map(run -> "run " + run).orElse("`castra stamps rm`");
    return "the stamp of run " + stamp.run() + " was withdrawn by " + by;
  }

  private static String lastFailure(DiskHistory history) {
    return history
        .lastRun()
        .map(DiskHistory.EndedRun::past)
        .filter(run -> !run.status().holdsArtifact())
        .map(
            run ->
                "; run "
                    + run.run()
                    + (run.status() == RunStatus.INTERRUPTED ? " was interrupted" : " failed")
                    + run.failedStep().map(step -> " at `" + step + "`").orElse(""))
        .orElse("");
  }

  /** A script has begun to change the disk, see {@link StampState#UNCERTAIN}. */
  private static String uncertain(DiskHistory history) {
    return history
        .unfinished()
        .map(
            run ->
                run.isUnderWay()
                    ? "run " + run.run() + " is changing the disk"
                    : "run " + run.run() + " was left behind while it changed the disk")
        .orElse("the disk is being changed");
  }
}
