package dev.castra.operation;

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
 * Another castra that forgets runs for each line it reads: arguments are castra.toml and how many
 * runs to keep. Prints how many it forgot.
 */
final class PruningChild {
  private PruningChild() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    Retention retention =
        new Retention(OptionalInt.of(Integer.parseInt(arguments[1])), OptionalInt.empty());
    Prune prune = new Prune(ProjectLoader.load(Path.of(arguments[0])), Host.real(), retention);
    out.println("ready");
    while (System.in.read() >= 0) {
      PruneReport report = prune.run(new CommandLineInfo("castra history prune", "test"));
      out.println(report.runs().size());
    }
  }
}
