package dev.castra.cli;

import dev.castra.event.EventSink;
import dev.castra.operation.Cancellation;
import dev.castra.operation.Destroy;
import dev.castra.operation.Host;
import dev.castra.project.Project;
import dev.castra.render.JsonLines;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "destroy",
    description = {
      "Stop VMs and delete their disks; the next `castra up` makes new ones and bootstraps them.",
      "The VMs must be named. Logs and history are kept."
    },
    footer = {"", "Examples:", "  castra destroy web-0", "  castra destroy web db"})
final class DestroyCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ProjectOption projectOption;

  @Option(names = "--json", description = "One JSON event per line on stdout.")
  private boolean json;

  @Parameters(paramLabel = "VM", arity = "1..*", description = "VMs or roles.")
  private List<String> names = List.of();

  @Spec private CommandSpec spec;

  DestroyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Project project = projectOption.load();
    Cancellation cancellation = new Cancellation();
    try (Signals signals = Signals.cancelling(cancellation, console);
        Progress progress = Progress.of(console, json, project)) {
      EventSink sink = json ? new JsonLines(console.out()) : progress.sink();
      var removed =
          new Destroy(project, Host.real(), cancellation).run(names, Invocations.info(spec), sink);
      progress.close();
      if (!json) {
        removed.forEach(path -> console.out().println("deleted " + path));
      }
      return 0;
    }
  }
}
