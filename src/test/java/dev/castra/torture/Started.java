package dev.castra.torture;

import dev.castra.it.CastraProcess;
import dev.castra.it.CastraResult;
import dev.castra.it.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A castra process of a round, and what was done to it. */
final class Started {
  private static final int SIGKILL = 137;
  private static final int INTERRUPTED = 130;

  private final Command command;
  private final CastraProcess process;
  private final Set<Kind> suffered = ConcurrentHashMap.newKeySet();

  Started(Command command, CastraProcess process) {
    this.command = command;
    this.process = process;
  }

  Command command() {
    return command;
  }

  CastraProcess process() {
    return process;
  }

  void suffers(Kind kind) {
    suffered.add(kind);
  }

  /** Waits for its end, and fails if that is not one it may have. */
  CastraResult end() throws InterruptedException {
    CastraResult result = process.end();
    Set<Integer> endings = new HashSet<>(command.endings());
    if (suffered.contains(Kind.KILL_CASTRA)) {
      endings.add(SIGKILL);
    }
    if (suffered.contains(Kind.INTERRUPT_CASTRA) || suffered.contains(Kind.INTERRUPT_TWICE)) {
      endings.add(INTERRUPTED);
    }
    boolean defect = (result.stdout() + result.stderr()).contains("defect in Castra");
    Violation.unless(
        endings.contains(result.exitCode()) && !defect,
        "castra %s ended with %d, expected %s: %s",
        command,
        result.exitCode(),
        endings,
        result);
    return result.exitCode() == SIGKILL ? withoutTornLine(result) : result;
  }

  private static CastraResult withoutTornLine(CastraResult result) {
    List<String> lines = result.stdout();
    if (!lines.isEmpty() && isTorn(lines.get(lines.size() - 1))) {
      return new CastraResult(
          result.exitCode(), lines.subList(0, lines.size() - 1), result.stderr());
    }
    return result;
  }

  private static boolean isTorn(String line) {
    try {
      Json.object(line);
      return false;
    } catch (AssertionError torn) {
      return true;
    }
  }
}
