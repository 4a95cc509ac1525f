package dev.castra.operation;

import dev.castra.event.CastraEvent;
import dev.castra.project.Lifecycle;
import dev.castra.qemu.RunningVm;
import dev.castra.qemu.ShutdownLadder;
import dev.castra.qemu.ShutdownListener;
import dev.castra.qemu.ShutdownOutcome;
import dev.castra.qemu.ShutdownTimeouts;
import dev.castra.store.EventLog;
import dev.castra.vm.VmName;
import java.util.Locale;

/** Stops one VM and tells of every rung of the ladder. */
final class Shutdown {
  private final ProjectSession session;
  private final Cancellation cancellation;

  Shutdown(ProjectSession session, Cancellation cancellation) {
    this.session = session;
    this.cancellation = cancellation;
  }

  /**
   * Asks, waits, terminates, kills; blocks until the process is gone or cannot be stopped.
   *
   * @param why recorded with the boot
   * @throws dev.castra.error.CastraException with {@code INTERRUPTED} if the user wants to stop;
   *     the VM may be in any state then
   */
  ShutdownOutcome stop(VmName vm, RunningVm running, String why) throws InterruptedException {
    Lifecycle lifecycle = session.project().lifecycle();
    session.boots().stopRequested(running.boot());
    ShutdownOutcome outcome =
        new ShutdownLadder(cancellation.noticedBy(session.host().ticker()))
            .shutDown(
                running,
                new ShutdownTimeouts(
                    lifecycle.gracefulShutdownWait(),
                    lifecycle.sigtermWait(),
                    lifecycle.sigkillWait()),
                new Teller(session.events(), vm, running.process().pid()));
    if (outcome != ShutdownOutcome.FAILED) {
      session.boots().ended(running.boot(), why);
    }
    return outcome;
  }

  static String id(ShutdownOutcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private record Teller(EventLog events, VmName vm, long pid) implements ShutdownListener {
    @Override
    public void requested() {
      events.publish(new CastraEvent.ShutdownRequested(vm, pid));
    }

    @Override
    public void cooperativeAttempted(String method, long timeoutMs) {
      events.publish(new CastraEvent.CooperativeAttempted(vm, method, timeoutMs));
    }

    @Override
    public void cooperativeSucceeded(long elapsedMs) {
      events.publish(new CastraEvent.CooperativeSucceeded(vm, elapsedMs));
    }

    @Override
    public void cooperativeTimedOut(String reason) {
      events.publish(new CastraEvent.CooperativeTimedOut(vm, reason));
    }

    @Override
    public void escalated(String signal) {
      events.publish(new CastraEvent.ShutdownEscalated(vm, signal));
    }

    @Override
    public void complete(ShutdownOutcome outcome, long totalMs) {
      events.publish(new CastraEvent.ShutdownComplete(vm, id(outcome), totalMs));
    }
  }
}
