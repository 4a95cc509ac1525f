package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import java.time.Duration;
import java.util.Optional;

/** The claim of a VM for commands that do not wait for another castra to end. */
final class ImmediateClaim {
  /** How long a holder that only looks, and so says no name, is given to be done. */
  private static final Duration MOMENT = Duration.ofSeconds(2);

  private ImmediateClaim() {}

  /**
   * @throws CastraException with {@code BUSY}, naming the holder, if another castra works on the VM
   */
  static VmClaims.Claim take(ProjectSession session, VmName vm) throws InterruptedException {
    Deadline deadline = Deadline.after(session.host().ticker(), MOMENT);
    Backoff backoff = Backoff.standard();
    while (true) {
      Optional<VmClaims.Claim> claim = session.claims().tryClaim(vm);
      if (claim.isPresent()) {
        return claim.get();
      }
      Optional<VmClaims.Holder> holder = session.claims().holder(vm);
      if (holder.isPresent() || deadline.passed()) {
        throw VmClaims.busy(vm, holder);
      }
      backoff.pause(deadline);
    }
  }
}
