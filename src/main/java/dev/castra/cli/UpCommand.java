package dev.castra.cli;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "up",
    description = {
      "Boot VMs of castra.toml and bootstrap each one once.",
      "A VM whose disk already holds its bootstrap is left alone (NoOp)."
    },
    footer = {
      "",
      "Examples:",
      "  castra up",
      "  castra up --plan                           what would be done, and why",
      "  castra up web-0 db                         one VM, and all VMs of role db",
      "  castra up --bootstrap always               run every bootstrap again",
      "  castra up --bootstrap disabled,web=auto    only the VMs of role web",
      "  castra up --json | jq -r .type             one event per line"
    })
final class UpCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private RunOptions options;

  @Option(
      names = "--plan",
      description = "Only say what would be done and why; changes nothing, enters no guest.")
  private boolean plan;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "How many VMs boot at once; default: by the host's cores and memory.")
  private @Nullable Integer jobs;

  @Spec private CommandSpec spec;

  UpCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (jobs != null && jobs < 1) {
      throw new CastraException(
          ErrorCode.USAGE, "`--jobs` must be at least 1.", "Leave it out to let Castra choose.");
    }
    if (plan) {
      return options.plan(console);
    }
    OptionalInt limit = jobs == null ? OptionalInt.empty() : OptionalInt.of(jobs);
    return options.run(spec, console, true, limit);
  }
}
