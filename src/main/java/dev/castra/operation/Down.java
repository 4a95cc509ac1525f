package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.EventSink;
import dev.castra.project.Project;
import dev.castra.qemu.BootFolder;
import dev.castra.qemu.RunningVm;
import dev.castra.qemu.ShutdownOutcome;
import dev.castra.qemu.VmProcesses;
import dev.castra.store.BootRecord;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Stops VMs, all at once. Takes no claim: whoever bootstraps a VM that is stopped sees it go and
 * records the run as interrupted.
 */
public final class Down {
  /** Outcome of a VM that did not run. */
  public static final String ALREADY_STOPPED = "already-stopped";

  /** Outcome of a machine that is not Castra's. */
  public static final String LEFT_ALONE = "left-alone";

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
    Optional<RunningVm> running = boot.flatMap(Down::running);
    if (running.isEmpty()) {
      boot.filter(known -> !known.ended())
          .ifPresent(gone -> session.boots().ended(gone.id(), "process gone"));
      return new Result(vm, foreign ? LEFT_ALONE : ALREADY_STOPPED, false);
    }
    ShutdownOutcome outcome = new Shutdown(session).stop(vm, running.get(), "castra down");
    return new Result(vm, Shutdown.id(outcome), outcome == ShutdownOutcome.FAILED);
  }

  private static Optional<RunningVm> running(BootRecord boot) {
    return boot.ended()
        ? Optional.empty()
        : VmProcesses.find(new BootFolder(boot.directory()), boot.id());
  }
}
