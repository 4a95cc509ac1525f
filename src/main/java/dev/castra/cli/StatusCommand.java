package dev.castra.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    description = "Show what every VM is doing; answers at once, whatever is running.",
    footer = {
      "",
      "Examples:",
      "  castra status",
      "  castra status --json",
      "  castra status --config path/to/castra.toml"
    })
final class StatusCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ProjectOption project;

  @Option(names = "--json", description = "One JSON object on stdout.")
  private boolean json;

  StatusCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    return StatusShortPath.run(project.path(), json, console);
  }
}
