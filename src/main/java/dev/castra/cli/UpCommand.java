package dev.castra.cli;

import dev.castra.bootstrap.Overrides;
import dev.castra.event.EventSink;
import dev.castra.operation.Cancellation;
import dev.castra.operation.Host;
import dev.castra.operation.Up;
import dev.castra.project.Project;
import dev.castra.render.JsonLines;
import dev.castra.render.UpSummary;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "up",
    description = {
      "Boot every VM of castra.toml and bootstrap each one once.",
      "A VM whose disk already holds its bootstrap is left alone (NoOp)."
    },
    footer = {
      "",
      "Examples:",
      "  castra up",
      "  castra up --bootstrap always               run every bootstrap again",
      "  castra up --bootstrap disabled,web=auto    only the VMs of role web",
      "  castra up --json | jq -r .type             one event per line"
    })
final class UpCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ProjectOption projectOption;

  @Option(names = "--json", description = "One JSON event per line on stdout.")
  private boolean json;

  @Option(
      names = "--bootstrap",
      paramLabel = "[NAME=]MODE",
      description = {
        "auto, always or disabled, for all VMs, a role or a VM (NAME=MODE or NAME:MODE).",
        "Repeatable and comma-separated. A VM's mode wins over its role's, that over the one for"
            + " all, that over castra.toml."
      })
  private List<String> bootstrap = List.of();

  @Option(
      names = "--no-wait",
      description = "Fail with exit code 75 if another castra works on a VM, naming it.")
  private boolean noWait;

  @Spec private CommandSpec spec;

  UpCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Overrides overrides = Overrides.parse(bootstrap);
    Project project = projectOption.load();
    Cancellation cancellation = new Cancellation();
    try (Signals signals = Signals.cancelling(cancellation, console);
        Progress progress = Progress.of(console, json, project)) {
      Up.Options options = new Up.Options(overrides, noWait);
      Up up = new Up(project, Host.real(), options, cancellation);
      Up.Result result = up.run(Invocations.info(spec), sink(progress));
      progress.close();
      if (!json) {
        console.out().print(UpSummary.render(result.outcomes()));
      }
      return result.exitCode();
    }
  }

  private EventSink sink(Progress progress) {
    return json ? new JsonLines(console.out()) : progress.sink();
  }
}
