package dev.castra.torture;

import dev.castra.it.CastraProcess;
import java.util.EnumSet;
import java.util.Set;

/** What is done to castra's own processes. */
final class CastraTrouble {
  static final Set<Kind> KINDS =
      EnumSet.of(Kind.KILL_CASTRA, Kind.INTERRUPT_CASTRA, Kind.INTERRUPT_TWICE, Kind.PAUSE_CASTRA);

  private CastraTrouble() {}

  /**
   * @param pauseMs between two signals
   */
  static Trouble.Strike of(Kind kind, int pauseMs) {
    return switch (kind) {
      case KILL_CASTRA -> CastraProcess::kill;
      case INTERRUPT_CASTRA -> castra -> castra.trySignal("INT");
      case INTERRUPT_TWICE ->
          castra -> {
            castra.trySignal("INT");
            Thread.sleep(pauseMs / 10);
            castra.trySignal("INT");
          };
      case PAUSE_CASTRA ->
          castra -> {
            castra.trySignal("STOP");
            Thread.sleep(pauseMs);
            castra.trySignal("CONT");
          };
      default -> throw new IllegalArgumentException(kind.toString());
    };
  }
}
