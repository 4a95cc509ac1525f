package dev.castra.operation;

import dev.castra.bootstrap.Surroundings;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Ticker;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Bounds how many VMs boot at once. A boot that takes long only waits and gives way to the next
 * one, so that a hanging VM delays nobody for longer than {@link #LONGEST}. Thread-safe.
 */
final class BootSlots {
  /** Longer than any guest needs that boots at all on a busy machine. */
  static final Duration LONGEST = Duration.ofSeconds(60);

  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  /** Whether another castra wants the VM to stop is in the database, and many may ask. */
  private static final int LOOKS_PER_STOP_REQUEST = 20;

  private final int most;
  private final Ticker ticker;
  private final List<Slot> taken = new ArrayList<>();

  /**
   * @param most at least 1
   */
  BootSlots(int most, Ticker ticker) {
    this.most = most;
    this.ticker = ticker;
  }

  /** Two boots per core keep each core busy; what is started together must fit in memory. */
  static int usual(List<VmPlan> plans) {
    int largest = plans.stream().mapToInt(plan -> plan.spec().memoryMib()).max().orElse(1);
    long memoryMib = memoryMib();
    long fitting = Math.max(1, memoryMib / largest);
    return (int) Math.min(2L * Runtime.getRuntime().availableProcessors(), fitting);
  }

  private static long memoryMib() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean host
        ? host.getTotalMemorySize() >> 20
        : Long.MAX_VALUE;
  }

  /** The right to boot one VM, until closed. */
  final class Slot implements AutoCloseable {
    private final long since = ticker.nanos();

    private boolean isOverdue() {
      return ticker.nanos() - since > LONGEST.toNanos();
    }

    /** Idempotent. */
    @Override
    public void close() {
      synchronized (taken) {
        taken.remove(this);
      }
    }
  }

  /**
   * Waits for a slot; each is free after {@link #LONGEST} at the latest.
   *
   * @throws CastraException with {@code INTERRUPTED} if the user wants to stop, or another castra
   *     wants the VM to
   */
  Slot take(Surroundings vm) throws InterruptedException {
    for (int looks = 0; ; looks++) {
      refuseIfUnwanted(vm, looks % LOOKS_PER_STOP_REQUEST == 0);
      synchronized (taken) {
        taken.removeIf(Slot::isOverdue);
        if (taken.size() < most) {
          Slot slot = new Slot();
          taken.add(slot);
          return slot;
        }
      }
      ticker.sleep(LOOK_EVERY);
    }
  }

  private static void refuseIfUnwanted(Surroundings vm, boolean askForStopRequest) {
    Optional<String> wish = vm.cancelled();
    if (wish.isEmpty() && askForStopRequest) {
      wish = vm.stopRequest();
    }
    if (wish.isPresent()) {
      throw new CastraException(
          ErrorCode.INTERRUPTED, "The start was " + wish.get() + ".", "Run `castra up` to go on.");
    }
  }
}
