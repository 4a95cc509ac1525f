package dev.castra.cli;

import dev.castra.operation.Host;
import dev.castra.operation.Logs;
import dev.castra.project.Project;
import dev.castra.render.LogOutput;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "logs",
    description = {
      "Print what the guests printed while they were bootstrapped.",
      "Of the newest run or of another one; of several VMs with the VM's name before",
      "each line. Or the serial console, or QEMU's own errors, of the newest boot or of",
      "that of a run.",
      "Changes nothing, and works while `up` runs."
    },
    footer = {
      "",
      "Examples:",
      "  castra logs",
      "  castra logs web-0 -f               follow the run that goes on, to its end",
      "  castra logs web-0 --step apply     only what the script printed",
      "  castra logs --run 12 > run-12.log",
      "  castra logs web-0 --serial -f"
    })
final class LogsCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ProjectOption projectOption;

  @Parameters(
      paramLabel = "VM",
      arity = "0..1",
      description = "A VM or a role, also one that left castra.toml; default: all.")
  private @Nullable String vm;

  @Option(
      names = "--run",
      paramLabel = "RUN",
      description = "The run of this number, as `castra history` has it.")
  private @Nullable Long run;

  @Option(
      names = "--step",
      paramLabel = "STEP",
      description = "Only this step: wait-handshake, connect, transfer, apply or verify.")
  private @Nullable String step;

  @ArgGroup private Other other = new Other();

  /** Logs that are not a run's. */
  static final class Other {
    @Option(names = "--serial", description = "The guest's serial console.")
    private boolean serial;

    @Option(names = "--qemu", description = "What QEMU itself complained about.")
    private boolean qemu;

    Logs.Kind kind() {
      if (serial) {
        return Logs.Kind.SERIAL;
      }
      return qemu ? Logs.Kind.QEMU : Logs.Kind.RUN;
    }
  }

  @Option(
      names = {"-f", "--follow"},
      description = "Go on until the run has ended, or for the other logs the VM's process.")
  private boolean follow;

  LogsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Project project = projectOption.load();
    int width = project.vms().stream().mapToInt(vm -> vm.name().value().length()).max().orElse(0);
    LogOutput output = new LogOutput(console.out(), console.terminal(), width);
    Logs.Question question =
        new Logs.Question(
            Optional.ofNullable(vm),
            Optional.ofNullable(run),
            Optional.ofNullable(step),
            other.kind(),
            follow);
    for (String remark : new Logs(project, Host.real()).show(question, output::of)) {
      console.err().println("castra: " + remark);
    }
    return 0;
  }
}
