package dev.castra.cli;

import dev.castra.error.CastraBug;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.EventSink;
import dev.castra.operation.Cancellation;
import dev.castra.operation.Host;
import dev.castra.operation.Trust;
import dev.castra.project.Project;
import java.io.Console;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "trust",
    description = {
      "Accept the SSH host key that a machine with driver `ssh` shows now.",
      "Needed after it was reinstalled; the next `castra up` bootstraps it again."
    },
    footer = {
      "",
      "Examples:",
      "  castra trust build-1                                shows the key and asks",
      "  castra trust build-1 --fingerprint SHA256:r3HYw...  accepts only this key",
      "  castra trust build-1 --yes                          accepts whatever it shows"
    })
final class TrustCommand implements Callable<Integer> {
  private static final long LOOK_EVERY_MS = 100;

  private final dev.castra.cli.Console console;

  @Mixin private ProjectOption projectOption;

  @Parameters(paramLabel = "VM", description = "A VM with driver `ssh`.")
  private String name = "";

  @Option(names = "--yes", description = "Accept without asking.")
  private boolean yes;

  @Option(
      names = "--fingerprint",
      paramLabel = "SHA256:...",
      description = "Accept only the key with this fingerprint, as ssh-keygen -l prints it.")
  private @Nullable String fingerprint;

  @Spec private CommandSpec spec;

  TrustCommand(dev.castra.cli.Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Project project = projectOption.load();
    Cancellation cancellation = new Cancellation();
    try (Signals signals = Signals.cancelling(cancellation, console)) {
      Trust.Offer offer =
          new Trust(project, Host.real(), cancellation)
              .run(
                  name,
                  Invocations.info(spec),
                  EventSink.NONE,
                  shown -> accepts(shown, cancellation));
      console
          .out()
          .println(
              offer.isNew()
                  ? offer.vm() + "  accepted SSH host key " + offer.shown()
                  : offer.vm() + "  SSH host key " + offer.shown() + " is the one known already");
      return 0;
    }
  }

  /** Anything but a yes is an error, so that exit code 0 means that the key is trusted. */
  private boolean accepts(Trust.Offer offer, Cancellation cancellation) {
    if (fingerprint != null
        ? fingerprint.equals(offer.shown())
        : yes || agrees(offer, cancellation)) {
      return true;
    }
    cancellation.refuseIfRequested();
    throw new CastraException(
        ErrorCode.HOST_KEY_MISMATCH,
        "The key `" + offer.shown() + "` that `" + offer.address() + "` shows was not accepted.",
        "Compare it with what `ssh-keygen -lf` prints on the machine, then pass it as"
            + " `--fingerprint`.");
  }

  /** Ends with the first signal: what waits for a line cannot be interrupted, so it is left. */
  private static boolean agrees(Trust.Offer offer, Cancellation cancellation) {
    Console terminal = System.console();
    if (terminal == null) {
      return false;
    }
    FutureTask<Boolean> answer = new FutureTask<>(() -> agrees(offer, terminal));
    Thread thread = new Thread(answer, "castra-prompt");
    thread.setDaemon(true);
    thread.start();
    while (!cancellation.requested()) {
      try {
        return answer.get(LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException stillAsking) {
        // Whether to go on asking is the loop's question.
      } catch (ExecutionException | InterruptedException e) {
        throw new CastraBug("the answer cannot be read", e);
      }
    }
    return false;
  }

  private static boolean agrees(Trust.Offer offer, Console terminal) {
    String before = offer.known().map(known -> "%n  known so far: " + known).orElse("");
    String answer =
        terminal.readLine(
            "VM %s at %s" + before + "%n  shown now:    %s%nAccept it? [y/N] ",
            offer.vm(),
            offer.address(),
            offer.shown());
    return Optional.ofNullable(answer)
        .filter(text -> text.strip().equalsIgnoreCase("y"))
        .isPresent();
  }
}
