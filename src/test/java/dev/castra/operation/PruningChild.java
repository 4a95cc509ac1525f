package dev.castra.operation;

import dev.castra.event.EventSink;
import dev.castra.project.Project;
import dev.castra.project.ProjectLoader;
import dev.castra.project.Retention;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Another castra that forgets runs for each line it reads: arguments are castra.toml, how many runs
 * to keep, and whether to do it {@code in-turn} or {@code with-up}. Prints how many it forgot.
 */
final class PruningChild {
  private PruningChild() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    Project project = ProjectLoader.load(Path.of(arguments[0]));
    Retention retention =
        new Retention(OptionalInt.of(Integer.parseInt(arguments[1])), OptionalInt.empty());
    Prune prune = new Prune(project, Host.real(), retention);
    CommandLineInfo command = new CommandLineInfo("castra history prune", "test");
    try (ProjectSession session =
        ProjectSession.begin(project, Host.real(), command, EventSink.NONE)) {
      out.println("ready");
      while (System.in.read() >= 0) {
        PruneReport report =
            arguments[2].equals("in-turn") ? prune.inTurn(session) : prune.in(session);
        out.println(report.runs().size());
      }
    }
  }
}
