package dev.castra.operation;

import dev.castra.store.DiskRecord;
import dev.castra.store.VmClaims;

/** Finds out what a VM has, and makes what it lacks. For one VM and one thread. */
interface MachineSource {
  /** What takes long and needs no claim. */
  void prepare() throws InterruptedException;

  /**
   * Looks at what is there, without entering a guest.
   *
   * @param claim of the VM; announced before anything that takes long
   * @throws dev.castra.error.CastraException if the VM cannot be worked on
   */
  Prospect look(VmClaims.Claim claim) throws InterruptedException;

  /**
   * Takes away what must go and records what is to be made, for the prospect of this source. The
   * claim is announced and the reason told by then, so that it may take long.
   */
  Machine provide(Prospect prospect) throws InterruptedException;

  /**
   * What there is.
   *
   * @param disk whether the present disk serves
   * @param ready true if it is certain, without a look at the guest, that it answers in this boot
   */
  record Prospect(Disks.Plan disk, boolean ready) {
    static Prospect keep(DiskRecord disk, boolean ready) {
      return new Prospect(new Disks.Plan.Keep(disk), ready);
    }
  }
}
