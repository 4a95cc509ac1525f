package dev.castra.cli;

import dev.castra.error.ErrorCode;
import dev.castra.event.Json;
import dev.castra.operation.DatabaseReport;
import dev.castra.render.DatabaseText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "check",
    description = {
      "Read every row of every table, and look for what cannot be.",
      "Prints a line for each finding and exits with 74 if there are any. Changes",
      "nothing, takes no claim, and works while `up` runs."
    },
    footer = {
      "",
      "Examples:",
      "  castra db check",
      "  castra db check --json | jq -r '.findings[].message'"
    })
final class DbCheckCommand implements Callable<Integer> {
  private final Console console;

  @ParentCommand private DbCommand db;

  @Option(names = "--json", description = "One JSON object on stdout.")
  private boolean json;

  DbCheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    DatabaseReport report = db.keeper().check();
    if (json) {
      console.out().println(Json.compact(report.fields()));
    } else {
      console.out().print(DatabaseText.render(report));
    }
    return report.ok() ? 0 : ErrorCode.DATABASE.exitCode();
  }
}
