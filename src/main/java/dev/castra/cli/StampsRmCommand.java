package dev.castra.cli;

import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.operation.Host;
import dev.castra.operation.WithdrawStamp;
import dev.castra.render.JsonLines;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "rm",
    description = {
      "Withdraw a VM's stamp, so that the next `up` bootstraps it again.",
      "The disk itself is not touched. With --json, one JSON event on stdout, or",
      "nothing if there was no stamp."
    },
    footer = {"", "Examples:", "  castra stamps rm web-0", "  castra stamps rm web-0 && castra up"})
final class StampsRmCommand implements Callable<Integer> {
  private final Console console;

  @ParentCommand private StampsCommand stamps;

  @Parameters(paramLabel = "VM", description = "The VM.")
  private String vm = "";

  @Spec private CommandSpec spec;

  StampsRmCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    EventSink sink = stamps.json() ? new JsonLines(console.out()) : EventSink.NONE;
    Optional<CastraEvent.StampWithdrawn> withdrawn =
        new WithdrawStamp(stamps.project(), Host.real()).run(vm, Invocations.info(spec), sink);
    if (withdrawn.isEmpty()) {
      // Nothing happened, so there is no event; stdout belongs to those.
      (stamps.json() ? console.err() : console.out()).println(vm + "  has no stamp to withdraw");
    } else if (!stamps.json()) {
      console
          .out()
          .println(
              vm
                  + "  the stamp of run "
                  + withdrawn.get().runId()
                  + " is withdrawn; the next `castra up` bootstraps the VM again");
    }
    return 0;
  }
}
