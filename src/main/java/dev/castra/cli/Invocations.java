package dev.castra.cli;

import dev.castra.operation.CommandLineInfo;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** How this process was called. */
final class Invocations {
  private Invocations() {}

  static CommandLineInfo info(CommandSpec spec) {
    List<String> typed = spec.root().commandLine().getParseResult().originalArgs();
    return new CommandLineInfo("castra " + String.join(" ", typed), CastraVersion.number());
  }
}
