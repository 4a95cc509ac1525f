package dev.castra.cli;

import dev.castra.event.StoredEvent;
import dev.castra.operation.Events;
import dev.castra.operation.Host;
import dev.castra.project.Project;
import dev.castra.render.EventLines;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "events",
    description = {
      "Print the project's event log: what every castra did, in the order it did it.",
      "Without --since the newest 50 events; with --follow what happens from then on",
      "too, until Ctrl-C, whichever castra does it. The number before each event is a",
      "cursor: `--since NUMBER` goes on after it without gap or duplicate.",
      "Changes nothing, and works while `up` runs."
    },
    footer = {
      "",
      "Examples:",
      "  castra events",
      "  castra events --follow --vm web       watch the VMs of role web",
      "  castra events --since 0 --json        the whole log, as `up --json` told it",
      "  castra events --since 1284 --follow   go on after event 1284",
      "  castra events --since 0s --follow     only what happens from now on",
      "  castra events --since 2d --type BootstrapFailed,VmFailed"
    })
final class EventsCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ProjectOption projectOption;

  @Option(
      names = "--since",
      paramLabel = "SEQ|TIME",
      description =
          "After the event of this number (0: from the beginning), or from this time on: an age"
              + " (30m, 12h, 2d, 1w), or ISO-8601 (2026-07-30, 2026-07-30T12:00:00Z); UTC where no"
              + " zone is named.")
  private @Nullable String since;

  @Option(
      names = "--vm",
      paramLabel = "VM",
      split = ",",
      description = "Only events of this VM or role. Repeatable and comma-separated.")
  private List<String> vms = List.of();

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      split = ",",
      description =
          "Only events of this type, such as BootstrapStep. Repeatable and" + " comma-separated.")
  private List<String> types = List.of();

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what happens from now on, until Ctrl-C.")
  private boolean follow;

  @Option(
      names = "--json",
      description = "One JSON event per line on stdout, the same as `up --json` has.")
  private boolean json;

  EventsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Project project = projectOption.load();
    int width = project.vms().stream().mapToInt(vm -> vm.name().value().length()).max().orElse(0);
    EventLines lines = new EventLines(Math.max(6, width));
    Function<StoredEvent, String> form = json ? StoredEvent::json : lines::line;
    new Events(project, Host.real())
        .tell(
            new Events.Question(Optional.ofNullable(since), vms, types, follow),
            events -> print(events, form));
    return 0;
  }

  /** False once nobody reads any more. */
  private boolean print(List<StoredEvent> events, Function<StoredEvent, String> form) {
    for (StoredEvent event : events) {
      console.out().println(form.apply(event));
    }
    return !console.out().checkError();
  }
}
