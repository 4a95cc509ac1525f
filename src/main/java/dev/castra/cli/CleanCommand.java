package dev.castra.cli;

import dev.castra.event.EventSink;
import dev.castra.operation.Cancellation;
import dev.castra.operation.Destroy;
import dev.castra.operation.Host;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "clean",
    description = "Delete the old disks that `castra up` moved aside when a base image changed.",
    footer = {"", "Examples:", "  castra clean"})
final class CleanCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ProjectOption projectOption;

  @Spec private CommandSpec spec;

  CleanCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    new Destroy(projectOption.load(), Host.real(), new Cancellation())
        .clean(Invocations.info(spec), EventSink.NONE)
        .forEach(path -> console.out().println("deleted " + path));
    return 0;
  }
}
