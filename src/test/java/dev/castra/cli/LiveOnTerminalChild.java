package dev.castra.cli;

import dev.castra.event.EventExamples;
import dev.castra.project.ProjectLoader;
import java.nio.file.Path;

/** Shows events as a command would, on whatever its stdout is. */
public final class LiveOnTerminalChild {
  private LiveOnTerminalChild() {}

  public static void main(String[] arguments) {
    Console console = Console.ofProcess();
    try (Progress progress =
        Progress.of(console, false, ProjectLoader.load(Path.of(arguments[0])))) {
      EventExamples.all().forEach(event -> progress.sink().accept(EventExamples.recorded(event)));
    }
    console.out().println("the end");
    console.flush();
  }
}
