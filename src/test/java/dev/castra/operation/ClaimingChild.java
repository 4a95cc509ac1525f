package dev.castra.operation;

import dev.castra.event.EventSink;
import dev.castra.project.ProjectLoader;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Another castra that works on a VM until its input ends: arguments are castra.toml and the VM, and
 * {@code silently} if it is not to say who it is.
 */
final class ClaimingChild {
  private ClaimingChild() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    CommandLineInfo command = new CommandLineInfo("castra up " + arguments[1], "test");
    try (ProjectSession session =
            ProjectSession.begin(
                ProjectLoader.load(Path.of(arguments[0])), Host.real(), command, EventSink.NONE);
        VmClaims.Claim claim = session.claims().tryClaim(new VmName(arguments[1])).orElseThrow()) {
      if (arguments.length == 2) {
        claim.announce();
      }
      out.println("claimed");
      while (System.in.read() >= 0) {
        // What is said does not matter, only that nobody says more.
      }
    }
  }
}
