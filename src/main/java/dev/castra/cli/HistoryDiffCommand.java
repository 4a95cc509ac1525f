package dev.castra.cli;

import dev.castra.operation.CompareRuns;
import dev.castra.operation.Host;
import dev.castra.operation.RunDiff;
import dev.castra.render.RunDiffText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "diff",
    description = {
      "Set two runs side by side, of one VM or of two.",
      "Hashes, files, settings, the names of env entries (never their values), and how",
      "long each step took."
    },
    footer = {
      "",
      "Examples:",
      "  castra history diff 11 12",
      "  castra history diff 11 12 --json | jq -r '.changes[].name'"
    })
final class HistoryDiffCommand implements Callable<Integer> {
  @ParentCommand private HistoryCommand history;

  @Parameters(index = "0", paramLabel = "RUN", description = "Number of the one run.")
  private long left;

  @Parameters(index = "1", paramLabel = "RUN", description = "Number of the other one.")
  private long right;

  @Override
  public Integer call() {
    RunDiff diff = new CompareRuns(history.project(), Host.real()).of(left, right);
    return history.answer(diff.fields(), RunDiffText.render(diff));
  }
}
