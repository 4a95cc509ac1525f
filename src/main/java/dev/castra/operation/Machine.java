package dev.castra.operation;

import dev.castra.bootstrap.GuestAccess;
import dev.castra.bootstrap.Surroundings;
import dev.castra.guest.HandshakeResult;
import dev.castra.store.DiskRecord;
import dev.castra.vm.BootId;
import java.util.Optional;
import java.util.function.Consumer;

/** One VM's machine: made ready when it is needed, reachable afterwards. Used by one thread. */
interface Machine extends Surroundings {
  /** What a stamp is tied to. */
  DiskRecord disk();

  /** True if {@link #start} will have it boot. */
  default boolean boots() {
    return false;
  }

  /**
   * Makes the machine run; returns the boot if Castra boots it.
   *
   * @param planned told of the boot once it is recorded, before it is tried
   * @throws dev.castra.error.CastraException if that fails
   */
  Optional<BootId> start(Consumer<BootId> planned) throws InterruptedException;

  /** The way into the guest; call after {@link #start}. */
  GuestAccess access();

  /** Records the guest's answer. */
  void shaken(HandshakeResult.Shaken shaken);

  /** Records that the guest gave none. */
  void silent();

  /** The try to get to know the machine that made {@link #start} fail. */
  default Optional<HandshakeResult.NotShaken> unanswered() {
    return Optional.empty();
  }
}
