package dev.castra.cli;

import dev.castra.operation.Host;
import dev.castra.operation.RunDetails;
import dev.castra.operation.ShowRun;
import dev.castra.render.RunDetailsText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "show",
    description = {
      "Tell all about one run.",
      "Its steps with their times, why it ran, how it ended, what had changed since the",
      "run before it on that VM, and where its logs are."
    },
    footer = {
      "",
      "Examples:",
      "  castra history show 12",
      "  castra history show 12 --json | jq '.steps[] | {step, duration_ms}'"
    })
final class HistoryShowCommand implements Callable<Integer> {
  @ParentCommand private HistoryCommand history;

  @Parameters(paramLabel = "RUN", description = "Number of the run, as `castra history` has it.")
  private long run;

  @Override
  public Integer call() {
    RunDetails details = new ShowRun(history.project(), Host.real()).of(run);
    return history.answer(details.fields(), RunDetailsText.render(details));
  }
}
