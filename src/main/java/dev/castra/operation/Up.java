package dev.castra.operation;

import dev.castra.bootstrap.Overrides;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.event.Outcome;
import dev.castra.process.Ticker;
import dev.castra.project.Project;
import dev.castra.project.StateRoot;
import dev.castra.store.StatusReader;
import dev.castra.store.VmSnapshot;
import dev.castra.vm.VmName;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Boots the project's VMs and bootstraps each one once. */
public final class Up {
  private final Project project;
  private final Host host;
  private final Options options;
  private final Cancellation cancellation;

  public Up(Project project, Host host, Options options, Cancellation cancellation) {
    this.project = project;
    this.host = host;
    this.options = options;
    this.cancellation = cancellation;
  }

  /**
   * @param noWait fail with {@code BUSY} instead of waiting for another castra
   * @param names VMs and roles; empty for all
   * @param boots false to work only on VMs that run already
   * @param jobs how many VMs boot at once; empty to go by the host's cores and memory
   */
  public record Options(
      Overrides overrides, boolean noWait, List<String> names, boolean boots, OptionalInt jobs) {
    public Options {
      names = List.copyOf(names);
    }

    /** All VMs, as castra.toml says. */
    public static Options plain() {
      return new Options(Overrides.parse(List.of()), false, List.of(), true, OptionalInt.empty());
    }
  }

  /**
   * @param outcomes in file order
   */
  public record Result(List<Outcome> outcomes, int exitCode) {}

  /**
   * Checks everything, then lets every VM proceed on its own; blocks until all have an outcome.
   *
   * @throws CastraException if preflight finds problems; nothing was touched then
   */
  public Result run(CommandLineInfo command, EventSink sink) throws InterruptedException {
    Preflight.Result checked = Preflight.check(project, options, host, runningVms());
    long start = host.ticker().nanos();
    try (ProjectSession session = ProjectSession.begin(project, host, command, sink)) {
      session
          .events()
          .publish(
              new CastraEvent.UpStarted(
                  project.name(), checked.vms().stream().map(VmPlan::name).toList()));
      List<Outcome> outcomes;
      try (UpContext context = UpContext.open(session, checked, options, cancellation)) {
        outcomes = Parallel.each("up", context.plans(), plan -> new VmWorker(context, plan).work());
      }
      int exitCode = exitCode(outcomes);
      long durationMs = (host.ticker().nanos() - start) / 1_000_000;
      session.events().publish(new CastraEvent.UpCompleted(exitCode, durationMs, outcomes));
      forgetOldRuns(session, outcomes);
      session.end(exitCode);
      return new Result(outcomes, exitCode);
    }
  }

  /** Only after new runs: an up that has nothing to do changes nothing. */
  private void forgetOldRuns(ProjectSession session, List<Outcome> outcomes) {
    if (project.retention().keepsAll()
        || cancellation.requested()
        || outcomes.stream().allMatch(outcome -> outcome.run().isEmpty())) {
      return;
    }
    try {
      new Prune(project, host, project.retention()).in(session);
    } catch (CastraException e) {
      session
          .events()
          .publish(
              new CastraEvent.Diagnostic(
                  Optional.empty(), "warning", "history-not-pruned", e.getMessage()));
    }
  }

  /** VMs that hold their ports already; looked up without changing anything. */
  private Set<VmName> runningVms() {
    Set<VmName> running = new HashSet<>();
    new StatusReader(project.stateRoot(), Ticker.system())
        .read()
        .ifPresent(
            snapshot ->
                snapshot.inConfig().stream()
                    .filter(this::isRunning)
                    .map(VmSnapshot::vm)
                    .forEach(running::add));
    return running;
  }

  private boolean isRunning(VmSnapshot vm) {
    return vm.boot().filter(boot -> isLive(project.stateRoot(), vm.vm(), boot)).isPresent();
  }

  /** Whether the boot's process lives; changes nothing. */
  static boolean isLive(StateRoot root, VmName vm, VmSnapshot.Boot boot) {
    return !boot.ended() && new OwnBoots(root).find(vm, boot).isPresent();
  }

  private int exitCode(List<Outcome> outcomes) {
    if (cancellation.requested()) {
      return ErrorCode.INTERRUPTED.exitCode();
    }
    return outcomes.stream()
        .flatMap(outcome -> outcome.failure().stream())
        .mapToInt(Outcome.Failure::exitCode)
        .reduce((first, second) -> first == second ? first : ErrorCode.BOOTSTRAP_FAILED.exitCode())
        .orElse(0);
  }
}
