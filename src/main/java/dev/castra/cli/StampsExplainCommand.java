package dev.castra.cli;

import dev.castra.event.Json;
import dev.castra.operation.ExplainStamp;
import dev.castra.operation.Host;
import dev.castra.operation.StampExplanation;
import dev.castra.render.StampExplanationText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "explain",
    description = {
      "Say what a VM's disk holds, and what the next `up` would do.",
      "Names the run that put it there, the parts of its artifact (of env entries",
      "the names only), and compares with what castra.toml describes now.",
      "Changes nothing, never enters the guest, and works while `up` runs."
    },
    footer = {
      "",
      "Examples:",
      "  castra stamps explain web-0",
      "  castra stamps explain web-0 --json | jq -r .next_up.reason"
    })
final class StampsExplainCommand implements Callable<Integer> {
  private final Console console;

  @ParentCommand private StampsCommand stamps;

  @Parameters(paramLabel = "VM", description = "The VM.")
  private String vm = "";

  StampsExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    StampExplanation explanation = new ExplainStamp(stamps.project(), Host.real()).of(vm);
    if (stamps.json()) {
      console.out().println(Json.compact(explanation.fields()));
    } else {
      console.out().print(StampExplanationText.render(explanation));
    }
    return 0;
  }
}
