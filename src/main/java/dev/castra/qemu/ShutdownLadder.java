package dev.castra.qemu;

import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Ends a VM as gently as it allows: power button, then SIGTERM, then SIGKILL. Each rung is skipped
 * if the process is gone, and no signal is sent to a process that is not verified to be ours
 * immediately before.
 */
public final class ShutdownLadder {
  /** A QEMU that does not answer QMP for so long is stuck, and its guest cannot be asked. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

  /** A guest early in its boot misses the button, so it is pressed again. */
  private static final Duration PRESS_INTERVAL = Duration.ofSeconds(5);

  /** QEMU that closed its QMP socket may be ending already. */
  private static final Duration LAST_BREATH = Duration.ofSeconds(1);

  private final Ticker ticker;

  public ShutdownLadder(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Blocks until the process is gone or every rung has used up its time.
   *
   * @throws InterruptedException if the thread is interrupted; the VM may be in any state then
   */
  public ShutdownOutcome shutDown(
      RunningVm vm, ShutdownTimeouts timeouts, ShutdownListener listener)
      throws InterruptedException {
    long start = ticker.nanos();
    listener.requested();
    ShutdownOutcome outcome = descend(vm, timeouts, listener);
    if (outcome != ShutdownOutcome.FAILED) {
      removeSocket(vm);
    }
    listener.complete(outcome, Duration.ofNanos(ticker.nanos() - start).toMillis());
    return outcome;
  }

  private ShutdownOutcome descend(
      RunningVm vm, ShutdownTimeouts timeouts, ShutdownListener listener)
      throws InterruptedException {
    if (vm.hasExited()) {
      return ShutdownOutcome.ALREADY_STOPPED;
    }
    if (!timeouts.graceful().isZero() && powersOff(vm, timeouts.graceful(), listener)) {
      return ShutdownOutcome.GRACEFUL;
    }
    listener.escalated("SIGTERM");
    if (endsOn(RunningVm::terminate, vm, timeouts.terminate())) {
      return ShutdownOutcome.TERMINATED;
    }
    listener.escalated("SIGKILL");
    if (endsOn(RunningVm::kill, vm, timeouts.kill())) {
      return ShutdownOutcome.KILLED;
    }
    return ShutdownOutcome.FAILED;
  }

  private boolean powersOff(RunningVm vm, Duration limit, ShutdownListener listener)
      throws InterruptedException {
    listener.cooperativeAttempted("QMP system_powerdown", limit.toMillis());
    Deadline deadline = Deadline.after(ticker, limit);
    String reason = "the guest did not power off within " + limit.toMillis() + " ms";
    boolean asked = false;
    do {
      try {
        pressPowerButton(vm, deadline);
        asked = true;
      } catch (IOException e) {
        reason = asked ? reason : "the guest could not be asked: " + e.getMessage();
      }
      if (exitsWithin(deadline.capped(asked ? PRESS_INTERVAL : LAST_BREATH), vm)) {
        listener.cooperativeSucceeded(deadline.elapsed().toMillis());
        return true;
      }
    } while (asked && !deadline.passed());
    listener.cooperativeTimedOut(reason);
    return false;
  }

  private void pressPowerButton(RunningVm vm, Deadline deadline)
      throws IOException, InterruptedException {
    Deadline answer = Deadline.after(ticker, deadline.capped(ANSWER_LIMIT));
    try (QmpClient qmp = QmpClient.connect(vm.qmpSocket(), answer)) {
      qmp.systemPowerdown(answer);
    }
  }

  private boolean endsOn(Consumer<RunningVm> signal, RunningVm vm, Duration limit)
      throws InterruptedException {
    signal.accept(vm);
    return exitsWithin(limit, vm);
  }

  /** QEMU detached itself, so it is nobody's child to wait for: looking is all there is. */
  private boolean exitsWithin(Duration limit, RunningVm vm) throws InterruptedException {
    Deadline deadline = Deadline.after(ticker, limit);
    Backoff backoff = Backoff.standard();
    while (!vm.hasExited()) {
      if (deadline.passed()) {
        return false;
      }
      backoff.pause(deadline);
    }
    return true;
  }

  /** QEMU removes it itself unless it was killed. */
  private static void removeSocket(RunningVm vm) {
    try {
      Files.deleteIfExists(vm.qmpSocket());
    } catch (IOException e) {
      // The next boot listens elsewhere; a left-over socket is only untidy.
    }
  }
}
