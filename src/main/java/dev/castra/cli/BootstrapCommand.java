package dev.castra.cli;

import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "bootstrap",
    description = {
      "Bootstrap VMs that are already running; boots nothing.",
      "A VM whose disk already holds its bootstrap is left alone (NoOp)."
    },
    footer = {
      "",
      "Examples:",
      "  castra bootstrap",
      "  castra bootstrap web-0                     one VM",
      "  castra bootstrap web --bootstrap always    all VMs of role web, again"
    })
final class BootstrapCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private RunOptions options;

  @Spec private CommandSpec spec;

  BootstrapCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    return options.run(spec, console, false, OptionalInt.empty());
  }
}
