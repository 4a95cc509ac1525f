package dev.castra.cli;

import dev.castra.event.Json;
import dev.castra.operation.Cancellation;
import dev.castra.operation.Host;
import dev.castra.operation.RunReport;
import dev.castra.operation.WriteReport;
import dev.castra.project.ConfigLocator;
import dev.castra.render.ReportText;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "report",
    description = {
      "Write all there is to know of one run into an archive that others may read.",
      "Configuration, plan, steps, events, logs, the QEMU command line and versions, as",
      "text and JSON; values of env entries are removed. `up` writes one by itself when",
      "a run fails. Changes nothing else, and works while `up` runs."
    },
    footer = {
      "",
      "Examples:",
      "  castra report                          the newest run that failed",
      "  castra report 12 --output ../run-12.tar.gz",
      "  castra report --json | jq -r .report_path"
    })
final class ReportCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ProjectOption projectOption;

  @Parameters(
      paramLabel = "RUN",
      arity = "0..1",
      description = {
        "Number of the run, as `castra history` has it; default: the newest one that failed",
        "or was interrupted, or else the newest one."
      })
  private @Nullable Long run;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "A new file; default: the run's own below `.castra/reports/`.")
  private @Nullable Path output;

  @Option(names = "--json", description = "JSON on stdout instead of text.")
  private boolean json;

  ReportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path config = ConfigLocator.locate(projectOption.path(), Path.of("").toAbsolutePath());
    RunReport report = write(config);
    if (json) {
      console.out().println(Json.compact(report.fields()));
    } else {
      console.out().print(ReportText.render(report));
    }
    return 0;
  }

  private RunReport write(Path config) {
    Cancellation cancellation = new Cancellation();
    try (Signals signals = Signals.cancelling(cancellation, console)) {
      return new WriteReport(config, Host.real(), CastraVersion.number(), cancellation)
          .write(Optional.ofNullable(run), Optional.ofNullable(output).map(DbCommand::typed));
    }
  }
}
