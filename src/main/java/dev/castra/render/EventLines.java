package dev.castra.render;

import dev.castra.event.CastraEvent;
import dev.castra.event.StoredEvent;
import dev.castra.operation.Down;
import dev.castra.vm.VmName;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** {@code castra events} for people: number, time, VM and what happened, a line each. */
public final class EventLines {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private static final int SEQ_WIDTH = 5;

  private final int nameWidth;

  /**
   * @param nameWidth columns for the VM names
   */
  public EventLines(int nameWidth) {
    this.nameWidth = nameWidth;
  }

  /** What became of a VM where there is no database yet, and so no event that tells of it. */
  public static String untold(Down.Result result) {
    String what =
        EventText.of(new CastraEvent.ShutdownComplete(result.vm(), result.outcome(), 0)).orElse("");
    return result.vm() + "  " + what;
  }

  /** The line, without its end. What only programs need is told by its type alone. */
  public String line(StoredEvent event) {
    String name = event.vm().map(VmName::value).orElse("castra");
    return PlainLines.padded(Long.toString(event.seq()), SEQ_WIDTH)
        + "  "
        + TIME.format(event.ts())
        + "  "
        + PlainLines.padded(name, nameWidth)
        + "  "
        + EventText.of(event).orElse(event.type());
  }
}
