package dev.castra.cli;

import dev.castra.event.Json;
import dev.castra.operation.Host;
import dev.castra.operation.Stamps;
import dev.castra.operation.StampsReport;
import dev.castra.project.Project;
import dev.castra.render.StampTable;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

@Command(
    name = "stamps",
    description = {
      "List every stamp, that is what a run put on a disk, with its state:",
      "  current     the VM's present disk holds it",
      "  superseded  a newer successful run put another one on that disk",
      "  withdrawn   a failed run, or `castra stamps rm`, took it back",
      "  disk-gone   its disk is no longer the VM's, or the disk's file is gone",
      "  uncertain   a script began to change the disk and has not ended"
    },
    subcommands = {StampsExplainCommand.class, StampsRmCommand.class},
    synopsisSubcommandLabel = "[COMMAND]",
    footer = {
      "",
      "Examples:",
      "  castra stamps",
      "  castra stamps --json | jq -r '.stamps[] | .vm + \" \" + .state'",
      "  castra stamps explain web-0    what it holds, and what `up` would do",
      "  castra stamps rm web-0         let the next `up` bootstrap it again"
    })
final class StampsCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ProjectOption projectOption;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "JSON on stdout instead of text.")
  private boolean json;

  StampsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    StampsReport report = new Stamps(project(), Host.real()).list();
    if (json) {
      console.out().println(Json.compact(report.fields()));
    } else {
      console.out().print(StampTable.render(report));
    }
    return 0;
  }

  Project project() {
    return projectOption.load();
  }

  boolean json() {
    return json;
  }
}
