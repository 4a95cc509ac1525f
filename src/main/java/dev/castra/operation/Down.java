package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.project.Project;
import dev.castra.qemu.BootFolder;
import dev.castra.qemu.RunningVm;
import dev.castra.qemu.ShutdownOutcome;
import dev.castra.qemu.VmProcesses;
import dev.castra.store.BootRecord;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Stops VMs, all at once. Waits for no claim: whoever bootstraps a VM that is stopped sees it go
 * and records the run as interrupted. A VM that another castra is starting is stopped as soon as it
 * has a process.
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

  public Down(Project project, Host host) {
    this.project = project;
    this.host = host;
  }

  /** What became of one VM. */
  public record Result(VmName vm, String outcome, boolean failed) {}

  /**
   * Stops the VMs named, or all of the project that run, those that left castra.toml too.
   *
   * @throws CastraException with {@code VM_NOT_FOUND} if a name is neither a VM nor a role
   */
  public List<Result> run(List<String> names, CommandLineInfo command, EventSink sink)
      throws InterruptedException {
    Selection.require(project, names);
    if (!Files.exists(project.stateRoot().databaseFile())) {
      return Selection.of(project, names).stream()
          .map(
              vm ->
                  new Result(vm.name(), vm.ssh().isPresent() ? LEFT_ALONE : ALREADY_STOPPED, false))
          .toList();
    }
    try (ProjectSession session = ProjectSession.begin(project, host, command, sink)) {
      List<Result> results = stopAll(session, names);
      boolean failed = results.stream().anyMatch(Result::failed);
      session.end(failed ? ErrorCode.SHUTDOWN_FAILED.exitCode() : 0);
      return results;
    }
  }

  private List<Result> stopAll(ProjectSession session, List<String> names)
      throws InterruptedException {
    Map<VmName, BootRecord> boots = new LinkedHashMap<>();
    session.boots().latestOfAll().forEach(boot -> boots.put(boot.vm(), boot));
    Set<VmName> wanted = new LinkedHashSet<>();
    Selection.of(project, names).stream().map(VmSpec::name).forEach(wanted::add);
    if (names.isEmpty()) {
      boots.values().stream()
          .filter(boot -> running(boot).isPresent())
          .map(BootRecord::vm)
          .forEach(wanted::add);
    }
    Set<VmName> foreign = foreign();
    return Parallel.each(
        "down",
        List.copyOf(wanted),
        vm -> stop(session, vm, Optional.ofNullable(boots.get(vm)), foreign.contains(vm)));
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
  private static Result stop(
      ProjectSession session, VmName vm, Optional<BootRecord> boot, boolean foreign)
      throws InterruptedException {
    Result notRunning = new Result(vm, foreign ? LEFT_ALONE : ALREADY_STOPPED, false);
    if (boot.isEmpty() || boot.get().ended()) {
      return notRunning;
    }
    Deadline deadline = Deadline.after(session.host().ticker(), START_LIMIT);
    Backoff backoff = Backoff.standard();
    boolean told = false;
    while (true) {
      Optional<RunningVm> running = running(boot.get());
      if (running.isPresent()) {
        return stop(session, vm, running.get());
      }
      if (isOver(session, boot.get())) {
        return notRunning;
      }
      if (deadline.passed()) {
        return new Result(vm, "starting", true);
      }
      if (!told) {
        told = true;
        tellOfStart(session, vm);
      }
      backoff.pause(deadline);
    }
  }

  private static Result stop(ProjectSession session, VmName vm, RunningVm running)
      throws InterruptedException {
    ShutdownOutcome outcome = new Shutdown(session).stop(vm, running, "castra down");
    return new Result(vm, Shutdown.id(outcome), outcome == ShutdownOutcome.FAILED);
  }

  /**
   * True if a boot that has no process will never have one. Where none is recorded, another castra
   * may be about to start it; it has the VM's claim then.
   */
  private static boolean isOver(ProjectSession session, BootRecord boot)
      throws InterruptedException {
    if (boot.process().isPresent()) {
      session.boots().ended(boot.id(), "process gone");
      return true;
    }
    Optional<VmClaims.Claim> claim = session.claims().tryClaim(boot.vm());
    if (claim.isPresent()) {
      try (VmClaims.Claim held = claim.get()) {
        return Boots.findProcess(session, boot).isEmpty();
      }
    }
    return session
        .boots()
        .latest(boot.vm())
        .filter(latest -> latest.id().equals(boot.id()) && !latest.ended())
        .isEmpty();
  }

  private static void tellOfStart(ProjectSession session, VmName vm) {
    String message = "another castra is starting the VM; it is stopped as soon as it runs";
    session
        .events()
        .publish(new CastraEvent.Diagnostic(Optional.of(vm), "info", "waiting", message));
  }

  private static Optional<RunningVm> running(BootRecord boot) {
    return boot.ended()
        ? Optional.empty()
        : VmProcesses.find(new BootFolder(boot.directory()), boot.id());
  }
}
