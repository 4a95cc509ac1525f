package dev.castra.cli;

import dev.castra.render.DatabaseText;
import dev.castra.store.Compaction;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "compact",
    description = {
      "Write the database anew without the room that changes left in it.",
      "Needs it for itself: exits with 75 while a castra has it open. Takes room for",
      "the new file and for a text of the same content."
    },
    footer = {"", "Examples:", "  castra db compact"})
final class DbCompactCommand implements Callable<Integer> {
  private final Console console;

  @ParentCommand private DbCommand db;

  DbCompactCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Compaction done = db.keeper().compact();
    console
        .out()
        .println(
            "%d bytes before, %d after; %s"
                .formatted(done.bytesBefore(), done.bytesAfter(), DatabaseText.rows(done.rows())));
    return 0;
  }
}
