package dev.castra.render;

import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.event.RecordedEvent;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.UsualTimes;
import dev.castra.vm.VmName;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.LongSupplier;

/**
 * On a terminal: one line per VM that is being worked on, rewritten in place, with the step, how
 * long it takes already, and how long its run will still take. What has ended scrolls away above.
 * Only {@code accept} and the timer draw, one at a time.
 */
public final class LiveLines implements EventSink, AutoCloseable {
  private static final long REDRAW_MS = 200;
  private static final int MOST_LINES = 16;

  private final PrintStream out;
  private final int nameWidth;
  private final boolean colour;
  private final LongSupplier nanos;
  private final Map<VmName, Doing> doing = new LinkedHashMap<>();
  private final Map<VmName, UsualTimes> usual = new HashMap<>();
  private final Timer timer = new Timer("castra-live", true);
  private int drawn;

  /**
   * @param step of a run, if it is one
   */
  private record Doing(String what, Optional<StepKind> step, long sinceNanos) {}

  /**
   * @param nameWidth columns for the VM names
   * @param nanos monotonic time
   */
  public LiveLines(PrintStream out, int nameWidth, boolean colour, LongSupplier nanos) {
    this.out = out;
    this.nameWidth = nameWidth;
    this.colour = colour;
    this.nanos = nanos;
    timer.schedule(
        new TimerTask() {
          @Override
          public void run() {
            redraw();
          }
        },
        REDRAW_MS,
        REDRAW_MS);
  }

  @Override
  public synchronized void accept(RecordedEvent recorded) {
    CastraEvent event = recorded.event();
    if (event instanceof CastraEvent.UpStarted up) {
      up.vms().forEach(vm -> does(vm, "preparing", Optional.empty()));
    }
    event.vm().ifPresent(vm -> track(vm, event));
    erase();
    if (isWorthKeeping(event)) {
      EventText.of(event)
          .ifPresent(
              line ->
                  out.println(
                      name(event.vm().map(VmName::value).orElse("castra"))
                          + "  "
                          + painted(event, line)));
    }
    draw();
  }

  private void track(VmName vm, CastraEvent event) {
    if (event instanceof CastraEvent.BootstrapPlanned planned) {
      does(vm, "preparing (" + planned.reason() + ")", Optional.empty());
    } else if (event instanceof CastraEvent.BootstrapStarted started) {
      started.usual().ifPresent(times -> usual.put(vm, times));
    } else if (event instanceof CastraEvent.VmStarted) {
      does(vm, StepKind.WAIT_HANDSHAKE);
    } else if (event instanceof CastraEvent.BootstrapStep step) {
      after(step.step())
          .ifPresentOrElse(next -> does(vm, next), () -> does(vm, "finishing", Optional.empty()));
    } else if (event instanceof CastraEvent.Diagnostic remark && remark.code().equals("waiting")) {
      does(vm, "waiting", Optional.empty());
    } else if (event instanceof CastraEvent.ShutdownRequested) {
      does(vm, "stopping", Optional.empty());
    } else if (isEnd(event)) {
      doing.remove(vm);
      usual.remove(vm);
    }
  }

  private void does(VmName vm, StepKind step) {
    does(vm, step.id(), Optional.of(step));
  }

  private void does(VmName vm, String what, Optional<StepKind> step) {
    doing.put(vm, new Doing(what, step, nanos.getAsLong()));
  }

  private static Optional<StepKind> after(StepRecord ended) {
    int next = ended.step().ordinal() + 1;
    StepKind[] kinds = StepKind.values();
    boolean goesOn = ended.status() != StepStatus.FAILED && next < kinds.length;
    return goesOn ? Optional.of(kinds[next]) : Optional.empty();
  }

  private static boolean isEnd(CastraEvent event) {
    return event instanceof CastraEvent.BootstrapCompleted
        || event instanceof CastraEvent.BootstrapFailed
        || event instanceof CastraEvent.VmFailed
        || event instanceof CastraEvent.ShutdownComplete;
  }

  private static boolean isWorthKeeping(CastraEvent event) {
    return isEnd(event)
        || event instanceof CastraEvent.BootstrapPlanned
        || event instanceof CastraEvent.Diagnostic
        || event instanceof CastraEvent.DiskRetired
        || event instanceof CastraEvent.CooperativeTimedOut
        || event instanceof CastraEvent.ShutdownEscalated;
  }

  private synchronized void redraw() {
    erase();
    draw();
  }

  private void erase() {
    if (drawn > 0) {
      // ECMA-48: cursor up, erase to the end of the display.
      out.print("\u001b[" + drawn + "A\u001b[J");
      drawn = 0;
    }
  }

  private void draw() {
    List<String> lines = new ArrayList<>();
    doing.forEach((vm, what) -> lines.add(name(vm.value()) + "  " + text(vm, what)));
    int shown = Math.min(lines.size(), MOST_LINES);
    // DEC private mode 7: a line wider than the terminal is cut, not wrapped, so that erasing fits.
    lines.subList(0, shown).forEach(line -> out.println("\u001b[?7l" + line + "\u001b[?7h"));
    drawn = shown;
    if (lines.size() > shown) {
      out.println("... and " + (lines.size() - shown) + " more");
      drawn++;
    }
    out.flush();
  }

  private String text(VmName vm, Doing what) {
    long elapsed = (nanos.getAsLong() - what.sinceNanos()) / 1_000_000;
    return Visible.line(what.what())
        + "  "
        + Durations.brief(elapsed)
        + what.step()
            .flatMap(
                step -> Expectation.of(usual.getOrDefault(vm, UsualTimes.UNKNOWN), step, elapsed))
            .map(expected -> "  " + expected)
            .orElse("");
  }

  private String name(String name) {
    return PlainLines.padded(name, nameWidth);
  }

  private String painted(CastraEvent event, String line) {
    if (!colour || !isEnd(event)) {
      return line;
    }
    boolean bad =
        event instanceof CastraEvent.BootstrapFailed || event instanceof CastraEvent.VmFailed;
    return (bad ? "\u001b[31m" : "\u001b[32m") + line + "\u001b[0m";
  }

  /** Removes the live lines and stops redrawing. Idempotent. */
  @Override
  public synchronized void close() {
    timer.cancel();
    erase();
    doing.clear();
    out.flush();
  }
}
