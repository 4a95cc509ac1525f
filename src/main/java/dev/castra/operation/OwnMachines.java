package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.qemu.ShutdownOutcome;
import dev.castra.store.DiskRecord;
import dev.castra.store.VmClaims;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.util.Optional;

/** Machines that Castra makes and boots. */
final class OwnMachines implements MachineSource {
  private final UpContext context;
  private final ProjectSession session;
  private final VmPlan plan;
  private final VmName vm;
  private Optional<Boots.Live> live = Optional.empty();

  OwnMachines(UpContext context, VmPlan plan) {
    this.context = context;
    this.session = context.session();
    this.plan = plan;
    this.vm = plan.name();
  }

  /** A large image takes minutes, the first time. */
  @Override
  public void prepare() throws InterruptedException {
    imageHash();
  }

  private Sha256 imageHash() throws InterruptedException {
    return context.imageHash(plan.baseImage());
  }

  @Override
  public Prospect look(VmClaims.Claim claim) throws InterruptedException {
    // Whoever had the VM before may have kept this castra waiting for long.
    plan.baseImage().requireUnchanged();
    live = new Departure(context, vm).settled(claim);
    return new Prospect(
        context.disks().plan(plan, imageHash()),
        live.flatMap(running -> running.boot().shakenAt()).isPresent());
  }

  @Override
  public Machine provide(Prospect prospect) throws InterruptedException {
    if (prospect.disk() instanceof Disks.Plan.Keep keep) {
      return new QemuMachine(context, plan, keep.disk(), Optional.empty(), live);
    }
    Disks.Plan.Fresh fresh = (Disks.Plan.Fresh) prospect.disk();
    if (live.isPresent()) {
      stop(live.get(), fresh.reason());
    }
    fresh.old().ifPresent(old -> retire(old, fresh.reason()));
    Disks.Draft draft = context.disks().draft(plan, imageHash());
    return new QemuMachine(context, plan, draft.disk(), Optional.of(draft), Optional.empty());
  }

  private void stop(Boots.Live running, String reason) throws InterruptedException {
    session
        .events()
        .publish(
            new CastraEvent.Diagnostic(
                Optional.of(vm),
                "warning",
                "vm-restarted",
                "the VM is stopped and started anew: " + reason));
    if (new Shutdown(session, context.cancellation()).stop(vm, running.vm(), reason)
        == ShutdownOutcome.FAILED) {
      throw new CastraException(
          ErrorCode.SHUTDOWN_FAILED,
          "VM `" + vm + "` needs a new disk (" + reason + ") but does not stop.",
          "End process " + running.vm().process().pid() + " by hand, then run `castra up` again.");
    }
  }

  /** An ephemeral or unfinished disk is deleted; any other is kept for the user to look at. */
  private void retire(DiskRecord old, String reason) {
    new DiskRemoval(session).retire(old, reason, old.complete() && !old.disposable());
  }
}
