package dev.castra.cli;

import dev.castra.error.ErrorCode;
import dev.castra.operation.Cancellation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * SIGINT, SIGTERM and SIGHUP: the first one stops the command cleanly, the second one leaves at
 * once. Both are safe: every fact is committed when it is told.
 */
final class Signals implements AutoCloseable {
  private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

  private final List<Runnable> undo = new ArrayList<>();

  private Signals() {}

  static Signals cancelling(Cancellation cancellation, Console console) {
    return handledBy(received -> received(received, cancellation, console));
  }

  /** For what can be stopped by one call; a second signal leaves at once. */
  static Signals calling(Runnable stop) {
    AtomicBoolean again = new AtomicBoolean();
    return handledBy(
        received -> {
          if (again.getAndSet(true)) {
            Runtime.getRuntime().halt(ErrorCode.INTERRUPTED.exitCode());
          }
          stop.run();
        });
  }

  private static Signals handledBy(SignalHandler handler) {
    Signals signals = new Signals();
    for (String name : NAMES) {
      Signal signal = new Signal(name);
      SignalHandler before = Signal.handle(signal, handler);
      signals.undo.add(() -> Signal.handle(signal, before));
    }
    return signals;
  }

  private static void received(Signal signal, Cancellation cancellation, Console console) {
    if (cancellation.requested()) {
      Runtime.getRuntime().halt(ErrorCode.INTERRUPTED.exitCode());
    }
    cancellation.request("interrupted by SIG" + signal.getName());
    console.err().println("castra: stopping cleanly; once more to leave at once");
    console.err().flush();
  }

  @Override
  public void close() {
    undo.forEach(Runnable::run);
  }
}
