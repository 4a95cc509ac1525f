package dev.castra.render;

import dev.castra.event.EventSink;
import dev.castra.event.RecordedEvent;
import dev.castra.vm.VmName;
import java.io.PrintStream;

/** A line per event, for logs and pipes. */
public final class PlainLines implements EventSink {
  private final PrintStream out;
  private final int nameWidth;

  /**
   * @param nameWidth columns for the VM names
   */
  public PlainLines(PrintStream out, int nameWidth) {
    this.out = out;
    this.nameWidth = nameWidth;
  }

  @Override
  public synchronized void accept(RecordedEvent event) {
    EventText.of(event.event()).ifPresent(line -> print(event, line));
  }

  private void print(RecordedEvent event, String line) {
    String name = event.event().vm().map(VmName::value).orElse("castra");
    out.println(padded(name, nameWidth) + "  " + line);
    out.flush();
  }

  static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
