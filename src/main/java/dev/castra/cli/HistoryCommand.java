package dev.castra.cli;

import dev.castra.event.Json;
import dev.castra.operation.History;
import dev.castra.operation.HistoryReport;
import dev.castra.operation.Host;
import dev.castra.project.Project;
import dev.castra.render.HistoryTable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

@Command(
    name = "history",
    description = {
      "List runs, the newest first: when, why, how they ended, and where they failed.",
      "Changes nothing, never enters a guest, and works while `up` runs."
    },
    subcommands = {
      HistoryShowCommand.class,
      HistoryDiffCommand.class,
      HistoryStatsCommand.class,
      HistoryPruneCommand.class
    },
    synopsisSubcommandLabel = "[COMMAND]",
    footer = {
      "",
      "Examples:",
      "  castra history",
      "  castra history web-0 --limit 100",
      "  castra history web --status failed --since 2d",
      "  castra history --since 2026-07-30 --json | jq -r '.runs[].run_id'",
      "  castra history show 12         steps, hashes, and what had changed",
      "  castra history diff 11 12      two runs side by side",
      "  castra history stats web       how long each step takes"
    })
final class HistoryCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ProjectOption projectOption;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "JSON on stdout instead of text.")
  private boolean json;

  @Parameters(
      paramLabel = "VM",
      arity = "0..1",
      description = "A VM or a role, also one that left castra.toml; default: all.")
  private @Nullable String vm;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "Only runs that ended so: success, noop, failed, interrupted; or running.")
  private @Nullable String status;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Only runs that started then or later: an age (30m, 12h, 2d, 1w), or ISO-8601"
              + " (2026-07-30, 2026-07-30T12:00:00Z); UTC where no zone is named.")
  private @Nullable String since;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many runs to list; default: 20.")
  private int limit;

  HistoryCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    History.Question question =
        new History.Question(
            Optional.ofNullable(vm),
            Optional.ofNullable(status),
            Optional.ofNullable(since),
            limit);
    HistoryReport report = new History(project(), Host.real()).list(question);
    return answer(report.fields(), HistoryTable.render(report));
  }

  Project project() {
    return projectOption.load();
  }

  /** Prints the form that was asked for. */
  int answer(Map<String, @Nullable Object> fields, String text) {
    if (json) {
      console.out().println(Json.compact(fields));
    } else {
      console.out().print(text);
    }
    return 0;
  }
}
