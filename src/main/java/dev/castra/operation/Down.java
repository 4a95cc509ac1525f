package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.project.Project;
import dev.castra.qemu.RunningVm;
import dev.castra.qemu.ShutdownOutcome;
import dev.castra.store.BootRecord;
import dev.castra.store.VmClaims;
import dev.castra.vm.BootId;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Stops VMs, all at once. Waits for no claim: whoever bootstraps a VM that is stopped sees it go
 * and records the run as interrupted. A VM that another castra is starting is stopped as soon as it
 * has a process, and not started if it is not its turn yet.
 */
public final class Down {
  /** Outcome of a VM that did not run. */
  public static final String ALREADY_STOPPED = "already-stopped";

  /** Outcome of a machine that is not Castra's. */
  public static final String LEFT_ALONE = "left-alone";

  /** How long another castra may take from recording a start to the process. */
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final Project project;
  private final Host host;
  private final Cancellation cancellation;

  public Down(Project project, Host host, Cancellation cancellation) {
    this.project = project;
    this.host = host;
    this.cancellation = cancellation;
  }

  /**
   * What became of one VM.
   *
   * @param told false if no event tells of it, for want of a database
   */
  public record Result(VmName vm, String outcome, boolean failed, boolean told) {}

  /**
   * Stops the VMs named, or all of the project that run, those that left castra.toml too.
   *
   * @throws CastraException with {@code VM_NOT_FOUND} if a name is neither a VM nor a role, with
   *     {@code INTERRUPTED} if the user wants to stop; VMs may stop all the same then
   */
  public List<Result> run(List<String> names, CommandLineInfo command, EventSink sink)
      throws InterruptedException {
    Selection.require(project, names);
    if (!Files.exists(project.stateRoot().databaseFile())) {
      return Selection.of(project, names).stream()
          .map(vm -> new Result(vm.name(), notRunning(vm.ssh().isPresent()), false, false))
          .toList();
    }
    try (ProjectSession session = ProjectSession.begin(project, host, command, sink)) {
      List<Result> results = stopAllOrLeave(session, names);
      boolean failed = results.stream().anyMatch(Result::failed);
      session.end(failed ? ErrorCode.SHUTDOWN_FAILED.exitCode() : 0);
      return results;
    }
  }

  private static String notRunning(boolean foreign) {
    return foreign ? LEFT_ALONE : ALREADY_STOPPED;
  }

  private List<Result> stopAllOrLeave(ProjectSession session, List<String> names)
      throws InterruptedException {
    try {
      return stopAll(session, names);
    } catch (CastraException e) {
      if (cancellation.requested()) {
        session.end(e.code().exitCode());
      }
      throw e;
    }
  }

  private List<Result> stopAll(ProjectSession session, List<String> names)
      throws InterruptedException {
    Set<VmName> wanted = new LinkedHashSet<>();
    Selection.of(project, names).stream().map(VmSpec::name).forEach(wanted::add);
    if (names.isEmpty()) {
      session.boots().latestOfAll().stream()
          .filter(boot -> running(boot).isPresent())
          .map(BootRecord::vm)
          .forEach(wanted::add);
    }
    Set<VmName> foreign = foreign();
    return Parallel.each(
        "down", List.copyOf(wanted), vm -> stop(session, vm, foreign.contains(vm)));
  }

  private Set<VmName> foreign() {
    return project.vms().stream()
        .filter(vm -> vm.ssh().isPresent())
        .map(VmSpec::name)
        .collect(Collectors.toSet());
  }

  /**
   * @param foreign true if the machine is not Castra's; one that it booted earlier under the same
   *     name is stopped all the same
   */
  private Result stop(ProjectSession session, VmName vm, boolean foreign)
      throws InterruptedException {
    Deadline deadline = Deadline.after(session.host().ticker(), START_LIMIT);
    Backoff backoff = Backoff.standard();
    Optional<BootId> asked = Optional.empty();
    boolean told = false;
    while (true) {
      Optional<BootRecord> boot = session.boots().latest(vm).filter(known -> !known.ended());
      Optional<RunningVm> running = boot.flatMap(this::running);
      if (running.isPresent()) {
        return stop(session, vm, running.get());
      }
      Optional<BootId> starting = boot.map(BootRecord::id);
      boolean gaveUp = asked.isPresent() && !asked.equals(starting);
      if (gaveUp || (foreign && boot.isEmpty()) || isOver(session, vm, boot)) {
        return notRunning(session, vm, foreign, deadline);
      }
      if (deadline.passed()) {
        return new Result(vm, "starting", true, false);
      }
      if (asked.isEmpty()) {
        starting.ifPresent(session.boots()::stopRequested);
        asked = starting;
      }
      if (!told) {
        told = true;
        tellOfStart(session, vm);
      }
      cancellation.refuseIfRequested();
      backoff.pause(deadline);
    }
  }

  /** Told like every other end, so that whoever reads the events misses no VM. */
  private static Result notRunning(
      ProjectSession session, VmName vm, boolean foreign, Deadline begun) {
    String outcome = notRunning(foreign);
    session
        .events()
        .publish(new CastraEvent.ShutdownComplete(vm, outcome, begun.elapsed().toMillis()));
    return new Result(vm, outcome, false, true);
  }

  private Result stop(ProjectSession session, VmName vm, RunningVm running)
      throws InterruptedException {
    ShutdownOutcome outcome = new Shutdown(session, cancellation).stop(vm, running, "castra down");
    return new Result(vm, Shutdown.id(outcome), outcome == ShutdownOutcome.FAILED, true);
  }

  /**
   * True if a VM that has no process will not get one. Where none is recorded, another castra may
   * be about to start it, even without a boot yet; it has the VM's claim then.
   *
   * @param boot the newest one, unless it has ended
   */
  private static boolean isOver(ProjectSession session, VmName vm, Optional<BootRecord> boot)
      throws InterruptedException {
    if (boot.flatMap(BootRecord::process).isPresent()) {
      session.boots().ended(boot.get().id(), "process gone");
      return true;
    }
    Optional<VmClaims.Claim> claim = session.claims().tryClaim(vm);
    if (claim.isEmpty()) {
      return false;
    }
    try (VmClaims.Claim held = claim.get()) {
      return boot.isEmpty() || Boots.findProcess(session, boot.get()).isEmpty();
    }
  }

  private static void tellOfStart(ProjectSession session, VmName vm) {
    String message = "another castra works on the VM; it is stopped if that starts it";
    session
        .events()
        .publish(new CastraEvent.Diagnostic(Optional.of(vm), "info", "waiting", message));
  }

  private Optional<RunningVm> running(BootRecord boot) {
    return boot.ended() ? Optional.empty() : new OwnBoots(project.stateRoot()).find(boot);
  }
}
