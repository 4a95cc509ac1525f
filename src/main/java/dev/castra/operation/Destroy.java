package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.EventSink;
import dev.castra.project.Project;
import dev.castra.qemu.RunningVm;
import dev.castra.qemu.ShutdownOutcome;
import dev.castra.store.BootRecord;
import dev.castra.store.DiskRecord;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes disks away: those of VMs that are to be made anew, or those that are nobody's any more. */
public final class Destroy {
  private final Project project;
  private final Host host;
  private final Cancellation cancellation;

  public Destroy(Project project, Host host, Cancellation cancellation) {
    this.project = project;
    this.host = host;
    this.cancellation = cancellation;
  }

  /**
   * Stops the VMs named and deletes their disks; the next {@code up} makes and bootstraps new ones.
   *
   * @return the files that were deleted
   * @throws CastraException with {@code VM_NOT_FOUND} for an unknown name, with {@code BUSY} if
   *     another castra works on one of them, with {@code INTERRUPTED} if the user wants to stop
   */
  public List<Path> run(List<String> names, CommandLineInfo command, EventSink sink)
      throws InterruptedException {
    Selection.require(project, names);
    Selection.of(project, names).forEach(Destroy::refuseForeign);
    if (!Files.exists(project.stateRoot().databaseFile())) {
      return List.of();
    }
    try (ProjectSession session = ProjectSession.begin(project, host, command, sink)) {
      List<VmName> vms = Selection.of(project, names).stream().map(VmSpec::name).toList();
      List<Optional<Path>> removed = Parallel.each("destroy", vms, vm -> destroy(session, vm));
      session.end(0);
      return removed.stream().flatMap(Optional::stream).toList();
    }
  }

  private static void refuseForeign(VmSpec vm) {
    if (vm.ssh().isPresent()) {
      throw new CastraException(
          ErrorCode.PREFLIGHT_FAILED,
          "VM `" + vm.name() + "` is a machine that Castra did not make, so nothing is deleted.",
          "To have it bootstrapped again, run `castra stamps rm " + vm.name() + "`.");
    }
  }

  /** Deletes the disks that earlier commands moved aside; returns the files that were deleted. */
  public List<Path> clean(CommandLineInfo command, EventSink sink) {
    if (!Files.exists(project.stateRoot().databaseFile())) {
      return List.of();
    }
    try (ProjectSession session = ProjectSession.begin(project, host, command, sink)) {
      List<Path> removed = new ArrayList<>();
      for (DiskRecord disk : session.disks().retired()) {
        if (new DiskRemoval(session).remove(disk)) {
          removed.add(disk.path());
        }
      }
      session.end(0);
      return removed;
    }
  }

  private Optional<Path> destroy(ProjectSession session, VmName vm) throws InterruptedException {
    try (VmClaims.Claim claim = ImmediateClaim.take(session, vm)) {
      claim.announce();
      stop(session, vm);
      return session
          .disks()
          .present(vm)
          .filter(new DiskRemoval(session)::remove)
          .map(DiskRecord::path);
    }
  }

  private void stop(ProjectSession session, VmName vm) throws InterruptedException {
    Optional<BootRecord> boot = session.boots().latest(vm).filter(known -> !known.ended());
    Optional<RunningVm> running =
        boot.isPresent() ? Boots.findProcess(session, boot.get()) : Optional.empty();
    if (running.isPresent()
        && new Shutdown(session, cancellation).stop(vm, running.get(), "castra destroy")
            == ShutdownOutcome.FAILED) {
      throw new CastraException(
          ErrorCode.SHUTDOWN_FAILED,
          "VM `" + vm + "` does not stop, so its disk was kept.",
          "End process " + running.get().process().pid() + " by hand, then try again.");
    }
  }
}
