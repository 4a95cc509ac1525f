package dev.castra.operation;

import dev.castra.error.CastraBug;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.store.DiskRecord;
import dev.castra.store.VmClaims;
import java.util.Optional;

/** Machines that run already: whatever is missing is an error. */
final class RunningMachines implements MachineSource {
  private final UpContext context;
  private final VmPlan plan;
  private Optional<Boots.Live> live = Optional.empty();

  RunningMachines(UpContext context, VmPlan plan) {
    this.context = context;
    this.plan = plan;
  }

  @Override
  public void prepare() {}

  @Override
  public Prospect look(VmClaims.Claim claim) throws InterruptedException {
    live = new Departure(context, plan.name()).settled(claim);
    Optional<DiskRecord> disk = context.session().disks().present(plan.name());
    if (live.isEmpty() || disk.isEmpty()) {
      throw new CastraException(
          ErrorCode.BOOTSTRAP_FAILED,
          "VM `" + plan.name() + "` is not running.",
          "Run `castra up`, which boots it first.");
    }
    return Prospect.keep(disk.get(), live.get().boot().shakenAt().isPresent());
  }

  @Override
  public Machine provide(Prospect prospect) {
    if (prospect.disk() instanceof Disks.Plan.Keep keep) {
      return new QemuMachine(context, plan, keep.disk(), Optional.empty(), live);
    }
    throw new CastraBug("a running VM needs no new disk");
  }
}
