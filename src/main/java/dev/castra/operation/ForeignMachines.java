package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.guest.HandshakeResult;
import dev.castra.guest.HostKeyPolicy;
import dev.castra.guest.SshKeys;
import dev.castra.store.DiskRecord;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import java.util.Optional;
import java.util.function.Function;

/** Machines that exist already. A row among the disks stands for a machine's identity. */
final class ForeignMachines implements MachineSource {
  private final UpContext context;
  private final ProjectSession session;
  private final VmPlan plan;
  private final VmPlan.Hardware.Foreign hardware;
  private final VmName vm;
  private final ForeignIdentity identity;
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

  /** Meets nobody: what is recorded and configured decides, whatever the machine will show. */
  @Override
  public Prospect look(VmClaims.Claim claim) throws InterruptedException {
    refuseIfStillEmulated(claim);
    Optional<DiskRecord> present = session.disks().present(vm);
    Optional<String> key = ForeignIdentity.expectedKey(present, hardware.target());
    return new Prospect(ForeignIdentity.plan(present, key), false);
  }

  @Override
  public Machine provide(Prospect prospect) throws InterruptedException {
    if (prospect.disk() instanceof Disks.Plan.Keep keep) {
      return machine(keep.disk());
    }
    Disks.Plan.Fresh fresh = (Disks.Plan.Fresh) prospect.disk();
    Optional<String> key = hardware.target().hostKey().map(SshKeys::normalise);
    // Asked before the old identity goes, which is worth keeping if the new one is refused.
    key.ifPresent(line -> session.disks().refuseSharedKey(vm, line));
    HandshakeResult result = firstContact(key);
    if (result instanceof HandshakeResult.Shaken shaken) {
      shaken.session().close();
      return machine(identity.replace(Optional.of(shaken.hostKey().line()), fresh.reason()));
    }
    context.cancellation().refuseIfRequested();
    HandshakeResult.NotShaken not = (HandshakeResult.NotShaken) result;
    if (fresh.old().filter(DiskRecord::complete).isPresent()) {
      // Nothing has shown that the old one is no longer the VM's; the configuration may be wrong.
      session.disks().notContacted(vm);
      throw not.toException();
    }
    unanswered = Optional.of(not);
    return machine(identity.replace(Optional.empty(), fresh.reason()));
  }

  /**
   * A machine that never showed its key, or not this one, has to before anything is recorded of it.
   *
   * @param key from the configuration; the first that is shown will do if there is none
   */
  private HandshakeResult firstContact(Optional<String> key) throws InterruptedException {
    Function<String, Optional<String>> ownerOf = line -> context.ownerOfKey(vm, line);
    HostKeyPolicy policy =
        key.map(line -> HostKeyPolicy.pinned(vm.value(), line, ownerOf))
            .orElseGet(() -> HostKeyPolicy.unknown(vm.value(), ownerOf));
    return machine(identity.of(Optional.empty()))
        .access(policy)
        .awaitHandshake(plan.spec().bootstrap().handshakeTimeout());
  }

  private ForeignMachine machine(DiskRecord disk) {
    return new ForeignMachine(context, vm, hardware, disk, unanswered);
  }

  private void refuseIfStillEmulated(VmClaims.Claim claim) throws InterruptedException {
    if (context.session().boots().latest(vm).filter(boot -> !boot.ended()).isPresent()
        && new Departure(context, vm).settled(claim).isPresent()) {
      throw stillEmulated(vm);
    }
  }

  static CastraException stillEmulated(VmName vm) {
    return new CastraException(
        ErrorCode.BOOTSTRAP_FAILED,
        "VM `" + vm + "` has `driver = \"ssh\"` but still runs under QEMU.",
        "Run `castra down " + vm + "` first.");
  }
}
