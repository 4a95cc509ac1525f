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
      "List what Castra knows to be bootstrapped: every stamp with its state.",
      "current: the VM's disk holds it; superseded: a newer run put another one there;",
      "withdrawn: a failed run or `stamps rm` took it back; disk-gone: its disk is no longer the",
      "VM's; uncertain: a script is changing the disk."
    },
    subcommands = {StampsExplainCommand.class, StampsRmCommand.class},
    synopsisSubcommandLabel = "[explain VM | rm VM]",
    footer = {
      "",
      "Examples:",
      "  castra stamps",
      "  castra stamps --json | jq '.stamps[] | select(.state == \"current\")'",
      "  castra stamps explain web-0    what its disk holds, and what `castra up` would do",
      "  castra stamps rm web-0         let `castra up` bootstrap it again"
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
