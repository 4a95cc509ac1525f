package dev.castra.cli;

import dev.castra.operation.Cancellation;
import dev.castra.operation.Host;
import dev.castra.operation.Timeline;
import dev.castra.operation.TimelineReport;
import dev.castra.render.TimelinePage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "timeline",
    description = {
      "Draw an `up` over time, as one web page for a browser.",
      "A row for each VM with its steps, its waiting and its failures, and below how",
      "long each step took in past runs. The page needs no network. Changes nothing,",
      "never enters a guest, and works while `up` runs."
    },
    footer = {
      "",
      "Examples:",
      "  castra timeline --html up.html         the newest `up` or `bootstrap`",
      "  castra timeline 11 12 --html two.html  these runs",
      "  castra timeline --html -               to stdout"
    })
final class TimelineCommand implements Callable<Integer> {
  private static final String STDOUT = "-";

  private final Console console;

  @Mixin private ProjectOption projectOption;

  @Parameters(
      paramLabel = "RUN",
      arity = "0..*",
      description =
          "Numbers of runs, as `castra history` has them; default: all of the newest `up` or"
              + " `bootstrap` that made one.")
  private List<Long> runs = List.of();

  @Option(
      names = "--html",
      paramLabel = "FILE",
      required = true,
      description = "Where to; an earlier page is replaced. `-` is stdout.")
  private String file = STDOUT;

  @Option(names = "--force", description = "Replace the file whatever it is.")
  private boolean force;

  TimelineCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (file.equals(STDOUT)) {
      console.out().print(page());
      return 0;
    }
    PageFile target = new PageFile(DbCommand.typed(Path.of(file)));
    target.requireUsable(force);
    write(target, page());
    console.out().println(target.path());
    console.out().println("  Open it in a browser: " + target.path().toUri());
    return 0;
  }

  /** To the end once it has begun, so that nothing unfinished is left beside the page. */
  private void write(PageFile target, String page) {
    Cancellation cancellation = new Cancellation();
    try (Signals signals = Signals.cancelling(cancellation, console)) {
      target.write(page);
    }
    cancellation.refuseIfRequested();
  }

  private String page() {
    Timeline timeline = new Timeline(projectOption.load(), Host.real());
    TimelineReport report = runs.isEmpty() ? timeline.newest() : timeline.of(runs);
    return TimelinePage.render(report, CastraVersion.number());
  }
}
