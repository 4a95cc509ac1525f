package dev.castra.render;

import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.event.RecordedEvent;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.vm.VmName;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;

/**
 * On a terminal: one line per VM that is being worked on, rewritten in place, with the step and how
 * long it takes already. What has ended scrolls away above. Only {@code accept} and the timer draw,
 * one at a time.
 */
public final class LiveLines implements EventSink, AutoCloseable {
  private static final long REDRAW_MS = 200;
  private static final int MOST_LINES = 16;

  private final PrintStream out;
  private final int nameWidth;
  private final boolean colour;
  private final Map<VmName, Doing> doing = new LinkedHashMap<>();
  private final Timer timer = new Timer("castra-live", true);
  private int drawn;

  private record Doing(String what, long sinceNanos) {}

  public LiveLines(PrintStream out, int nameWidth, boolean colour) {
    this.out = out;
    this.nameWidth = nameWidth;
    this.colour = colour;
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
      up.vms().forEach(vm -> doing.put(vm, new Doing("preparing", System.nanoTime())));
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
      doing.put(vm, new Doing("preparing (" + planned.reason() + ")", System.nanoTime()));
    } else if (event instanceof CastraEvent.VmStarted) {
      doing.put(vm, new Doing(StepKind.WAIT_HANDSHAKE.id(), System.nanoTime()));
    } else if (event instanceof CastraEvent.BootstrapStep step) {
      doing.put(vm, new Doing(after(step.step()), System.nanoTime()));
    } else if (event instanceof CastraEvent.Diagnostic remark && remark.code().equals("waiting")) {
      doing.put(vm, new Doing("waiting", System.nanoTime()));
    } else if (event instanceof CastraEvent.ShutdownRequested) {
      doing.put(vm, new Doing("stopping", System.nanoTime()));
    } else if (isEnd(event)) {
      doing.remove(vm);
    }
  }

  private static String after(StepRecord ended) {
    int next = ended.step().ordinal() + 1;
    StepKind[] kinds = StepKind.values();
    boolean goesOn = ended.status() != StepStatus.FAILED && next < kinds.length;
    return goesOn ? kinds[next].id() : "finishing";
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
    doing.forEach((vm, what) -> lines.add(name(vm.value()) + "  " + text(what)));
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

  private static String text(Doing what) {
    long elapsed = (System.nanoTime() - what.sinceNanos()) / 1_000_000;
    return Visible.line(what.what()) + "  " + Durations.brief(elapsed);
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
