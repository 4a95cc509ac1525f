package dev.castra.cli;

import dev.castra.event.EventSink;
import dev.castra.operation.CommandLineInfo;
import dev.castra.operation.Host;
import dev.castra.operation.Rehearsal;
import dev.castra.project.ProjectLoader;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Not a command: what {@code tools/lib/class-archive} runs to learn which classes castra loads.
 * Owns a project's database until stdin ends.
 */
public final class TrainingData {
  private TrainingData() {}

  public static void main(String[] arguments) throws IOException {
    Console console = Console.ofProcess();
    LibraryLogs.quiet(false);
    try (Rehearsal rehearsal =
        Rehearsal.begin(
            ProjectLoader.load(Path.of(arguments[0])),
            Host.real(),
            new CommandLineInfo("training", CastraVersion.number()),
            EventSink.NONE)) {
      rehearsal.exercise(arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0);
      console.out().println("ready");
      console.flush();
      while (System.in.read() >= 0) {
        // Whoever writes here only means to keep the database open.
      }
    }
  }
}
