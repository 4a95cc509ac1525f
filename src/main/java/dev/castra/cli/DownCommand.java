package dev.castra.cli;

import dev.castra.error.ErrorCode;
import dev.castra.event.EventSink;
import dev.castra.operation.Cancellation;
import dev.castra.operation.Down;
import dev.castra.operation.Host;
import dev.castra.project.Project;
import dev.castra.render.EventLines;
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
    name = "down",
    description = {
      "Stop VMs: ask the guest to power off, then SIGTERM, then SIGKILL. Disks are kept."
    },
    footer = {
      "",
      "Examples:",
      "  castra down              all VMs of the project",
      "  castra down web-0 api    one VM, and all VMs of role api",
      "  castra down --json"
    })
final class DownCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ProjectOption projectOption;

  @Option(names = "--json", description = "One JSON event per line on stdout.")
  private boolean json;

  @Parameters(paramLabel = "VM", arity = "0..*", description = "VMs or roles; default: all.")
  private List<String> names = List.of();

  @Spec private CommandSpec spec;

  DownCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Project project = projectOption.load();
    Cancellation cancellation = new Cancellation();
    try (Signals signals = Signals.cancelling(cancellation, console);
        Progress progress = Progress.of(console, json, project)) {
      EventSink sink = json ? new JsonLines(console.out()) : progress.sink();
      List<Down.Result> results =
          new Down(project, Host.real(), cancellation).run(names, Invocations.info(spec), sink);
      progress.close();
      boolean failed = false;
      for (Down.Result result : results) {
        failed |= result.failed();
        if (!json && !result.told() && !result.failed()) {
          console.out().println(EventLines.untold(result));
        }
        if (result.failed()) {
          console.err().println("castra: VM `" + result.vm() + "` did not stop.");
          console.err().println("  Look at its process with `castra status` and end it by hand.");
        }
      }
      return failed ? ErrorCode.SHUTDOWN_FAILED.exitCode() : 0;
    }
  }
}
