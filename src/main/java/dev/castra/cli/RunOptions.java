package dev.castra.cli;

import dev.castra.bootstrap.Overrides;
import dev.castra.error.ErrorCode;
import dev.castra.event.EventSink;
import dev.castra.event.Json;
import dev.castra.operation.Cancellation;
import dev.castra.operation.Host;
import dev.castra.operation.Plan;
import dev.castra.operation.Up;
import dev.castra.project.Project;
import dev.castra.render.JsonLines;
import dev.castra.render.PlanText;
import dev.castra.render.UpSummary;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands that bootstrap have in common. */
final class RunOptions {
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

  @Parameters(paramLabel = "VM", arity = "0..*", description = "VMs or roles; default: all.")
  private List<String> names = List.of();

  /** Says what an {@code up} would do instead of doing it. */
  int plan(Console console) throws InterruptedException {
    Overrides overrides = Overrides.parse(bootstrap);
    Project project = projectOption.load();
    List<Plan.Entry> plan = new Plan(project, Host.real()).of(overrides, names);
    if (json) {
      console.out().println(Json.compact(PlanText.fields(project.name(), plan)));
    } else {
      console.out().print(PlanText.render(plan));
    }
    return plan.stream().anyMatch(Plan.Entry::isError) ? ErrorCode.PREFLIGHT_FAILED.exitCode() : 0;
  }

  int run(CommandSpec spec, Console console, boolean boots, OptionalInt jobs)
      throws InterruptedException {
    Overrides overrides = Overrides.parse(bootstrap);
    Project project = projectOption.load();
    Cancellation cancellation = new Cancellation();
    try (Signals signals = Signals.cancelling(cancellation, console);
        Progress progress = Progress.of(console, json, project)) {
      Up.Options options = new Up.Options(overrides, noWait, names, boots, jobs);
      EventSink sink = json ? new JsonLines(console.out()) : progress.sink();
      Up.Result result =
          new Up(project, Host.real(), options, cancellation).run(Invocations.info(spec), sink);
      progress.close();
      if (!json) {
        console.out().print(UpSummary.render(result.outcomes()));
      }
      return result.exitCode();
    }
  }
}
