package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.ProcessIdentity;
import dev.castra.project.Lifecycle;
import dev.castra.store.BootRecord;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A VM that somebody has asked to stop runs still, but not for long. Whoever brings VMs up waits
 * for its end, or for the end of the wish.
 */
final class Departure {
  /** For what whoever stops a VM does beside waiting. */
  private static final Duration SLACK = Duration.ofSeconds(60);

  /** Whoever stops a VM says who it is this long after it has recorded the wish, at the most. */
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private final UpContext context;
  private final ProjectSession session;
  private final VmName vm;

  Departure(UpContext context, VmName vm) {
    this.context = context;
    this.session = context.session();
    this.vm = vm;
  }

  /**
   * The VM's running process, if any, that nobody is stopping. Blocks while somebody does.
   *
   * @param claim of the VM; announced before anything that takes long
   * @throws CastraException with {@code BUSY} if it must not wait, with {@code SHUTDOWN_FAILED} if
   *     the VM does not stop, with {@code INTERRUPTED} if the user wants to stop
   */
  Optional<Boots.Live> settled(VmClaims.Claim claim) throws InterruptedException {
    while (true) {
      Optional<BootRecord> leaving =
          session
              .boots()
              .latest(vm)
              .filter(boot -> !boot.ended() && isUnwanted(boot))
              .filter(new OwnBoots(session.project().stateRoot())::has);
      if (leaving.isPresent()) {
        claim.announce();
        awaitEnd(leaving.get());
      }
      Optional<Boots.Live> live = context.boots().find(vm, claim);
      if (live.map(Boots.Live::boot).filter(Departure::isUnwanted).isEmpty()) {
        return live;
      }
    }
  }

  private static boolean isUnwanted(BootRecord boot) {
    return boot.stopRequestedAt().isPresent();
  }

  /** Until the boot's end is recorded by whoever stops it, or nobody does. */
  private void awaitEnd(BootRecord boot) throws InterruptedException {
    Lifecycle limits = session.project().lifecycle();
    Deadline all = deadline(wholeLadder(limits));
    Deadline forsaken = deadline(limits.gracefulShutdownWait());
    Backoff backoff = Backoff.standard();
    Instant wish = boot.stopRequestedAt().orElseThrow();
    boolean told = false;
    while (runs(boot)) {
      Optional<VmClaims.Holder> stopper = session.claims().stopper(vm, wish);
      boolean gone = boot.process().filter(ProcessIdentity::isAlive).isEmpty();
      if (stopper.isPresent()) {
        forsaken = deadline(limits.gracefulShutdownWait());
        refuseIfNotToWait(stopper);
      }
      if (gone && (stopper.isEmpty() || all.passed())) {
        return;
      }
      if (stopper.isEmpty() && forsaken.passed()) {
        // Its castra died, and the guest has not followed the power button.
        session.boots().stopLapsed(boot.id(), wish);
        return;
      }
      if (all.passed()) {
        throw stuck(stopper, all);
      }
      if (!told && (stopper.isPresent() || forsaken.elapsed().compareTo(MOMENT) > 0)) {
        told = true;
        tell(stopper);
      }
      context.cancellation().refuseIfRequested();
      backoff.pause(all);
    }
  }

  private boolean runs(BootRecord boot) {
    return session
        .boots()
        .latest(vm)
        .filter(now -> now.id().equals(boot.id()) && !now.ended())
        .filter(now -> now.stopRequestedAt().equals(boot.stopRequestedAt()))
        .isPresent();
  }

  private Deadline deadline(Duration limit) {
    return Deadline.after(session.host().ticker(), limit);
  }

  private static Duration wholeLadder(Lifecycle limits) {
    return limits
        .gracefulShutdownWait()
        .plus(limits.sigtermWait())
        .plus(limits.sigkillWait())
        .plus(SLACK);
  }

  private void refuseIfNotToWait(Optional<VmClaims.Holder> stopper) {
    if (context.options().noWait()) {
      throw VmClaims.busy(vm, stopper);
    }
  }

  private CastraException stuck(Optional<VmClaims.Holder> stopper, Deadline limit) {
    return new CastraException(
        ErrorCode.SHUTDOWN_FAILED,
        "VM `%s` is being stopped by %s, and still runs after %d s."
            .formatted(
                vm,
                stopper.map(VmClaims.Holder::describe).orElse("another castra"),
                limit.limit().toSeconds()),
        "When that has ended, run `castra up` again.");
  }

  private void tell(Optional<VmClaims.Holder> stopper) {
    String what =
        stopper
            .map(known -> "waiting for " + known.describe() + " to stop the VM")
            .orElse("waiting whether the VM stops, as a castra that is gone asked it to");
    session.events().publish(new CastraEvent.Diagnostic(Optional.of(vm), "info", "waiting", what));
  }
}
