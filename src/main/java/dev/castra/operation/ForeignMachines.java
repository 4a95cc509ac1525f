package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.guest.HandshakeResult;
import dev.castra.guest.HostKeyPolicy;
import dev.castra.store.DiskRecord;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import java.util.Optional;

/** Machines that exist already. A row among the disks stands for a machine's identity. */
final class ForeignMachines implements MachineSource {
  private final UpContext context;
  private final ProjectSession session;
  private final VmPlan plan;
  private final VmPlan.Hardware.Foreign hardware;
  private final VmName vm;
  private final ForeignIdentity identity;
  private Optional<String> key = Optional.empty();
  private Optional<HandshakeResult.NotShaken> unanswered = Optional.empty();

  ForeignMachines(UpContext context, VmPlan plan, VmPlan.Hardware.Foreign hardware) {
    this.context = context;
    this.session = context.session();
    this.plan = plan;
    this.hardware = hardware;
    this.vm = plan.name();
    this.identity = new ForeignIdentity(session, vm, hardware.target());
  }

  @Override
  public void prepare() {}

  @Override
  public Prospect look(VmClaims.Claim claim) throws InterruptedException {
    refuseIfStillEmulated(claim);
    Optional<DiskRecord> present = session.disks().present(vm);
    key = ForeignIdentity.expectedKey(present, hardware.target());
    return new Prospect(ForeignIdentity.plan(present, key), false);
  }

  /** Nobody told the machine's key, so that the first one it shows is taken. */
  private Optional<String> firstContact() throws InterruptedException {
    ForeignMachine stranger = machine(identity.of(Optional.empty()));
    HandshakeResult result =
        stranger
            .access(HostKeyPolicy.unknown(vm.value(), line -> context.ownerOfKey(vm, line)))
            .awaitHandshake(plan.spec().bootstrap().handshakeTimeout());
    if (result instanceof HandshakeResult.NotShaken not) {
      unanswered = Optional.of(not);
      return Optional.empty();
    }
    HandshakeResult.Shaken shaken = (HandshakeResult.Shaken) result;
    shaken.session().close();
    return Optional.of(shaken.hostKey().line());
  }

  /** A machine whose key nobody knows is new, so that its first contact comes after the reason. */
  @Override
  public Machine provide(Prospect prospect) throws InterruptedException {
    if (prospect.disk() instanceof Disks.Plan.Keep keep) {
      return machine(keep.disk());
    }
    Disks.Plan.Fresh fresh = (Disks.Plan.Fresh) prospect.disk();
    if (key.isEmpty()) {
      key = firstContact();
    }
    return machine(identity.replace(key, fresh.reason()));
  }

  private ForeignMachine machine(DiskRecord disk) {
    return new ForeignMachine(context, vm, hardware, disk, unanswered);
  }

  private void refuseIfStillEmulated(VmClaims.Claim claim) throws InterruptedException {
    if (context.session().boots().latest(vm).filter(boot -> !boot.ended()).isPresent()
        && new Departure(context, vm).settled(claim).isPresent()) {
      throw new CastraException(
          ErrorCode.BOOTSTRAP_FAILED,
          "VM `" + vm + "` has `driver = \"ssh\"` but still runs under QEMU.",
          "Run `castra down " + vm + "` first.");
    }
  }
}
