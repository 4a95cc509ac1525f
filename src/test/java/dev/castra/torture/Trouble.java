package dev.castra.torture;

import dev.castra.it.CastraProcess;

/**
 * One way to disturb a round.
 *
 * @param process number of the castra process whose progress decides when
 * @param target what is disturbed, for people
 */
record Trouble(Kind kind, int process, String target, Moment moment, Strike strike) {
  /** What is done; must work however far castra has come. */
  interface Strike {
    void on(CastraProcess process) throws Exception;
  }

  /** Waits for the moment and strikes; false if the process ended before. */
  boolean await(CastraProcess castra) throws Exception {
    if (!moment.await(castra)) {
      return false;
    }
    strike.on(castra);
    return true;
  }

  /** True if it ends or stops the castra process itself. */
  boolean isOnCastra() {
    return switch (kind) {
      case KILL_CASTRA, INTERRUPT_CASTRA, INTERRUPT_TWICE -> true;
      default -> false;
    };
  }

  @Override
  public String toString() {
    return kind.label() + " (" + target + ") at " + moment + " of #" + (process + 1);
  }
}
