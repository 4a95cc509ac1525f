package dev.castra.render;

import dev.castra.event.EventSink;
import dev.castra.event.Json;
import dev.castra.event.RecordedEvent;
import java.io.PrintStream;

/** One event per line, each on its way before the next thing happens. */
public final class JsonLines implements EventSink {
  private final PrintStream out;

  public JsonLines(PrintStream out) {
    this.out = out;
  }

  @Override
  public synchronized void accept(RecordedEvent event) {
    out.println(Json.compact(event.fields()));
    out.flush();
  }
}
