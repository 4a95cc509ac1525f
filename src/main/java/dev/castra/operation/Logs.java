package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.project.Project;
import dev.castra.run.RunId;
import dev.castra.run.StepKind;
import dev.castra.store.HistoryReader;
import dev.castra.store.RecordedRun;
import dev.castra.vm.VmName;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Shows the logs of runs and boots, wherever they are. Takes no claim, changes nothing. */
public final class Logs {
  private static final Duration QUICKEST = Duration.ofMillis(20);
  private static final Duration SLOWEST = Duration.ofMillis(500);

  private final Project project;
  private final Host host;
  private final HistoryReader history;

  public Logs(Project project, Host host) {
    this.project = project;
    this.host = host;
    this.history = new HistoryReader(project.stateRoot(), host.ticker());
  }

  /** Which log of a VM. */
  public enum Kind {
    /** What the guest printed while it was bootstrapped. */
    RUN,
    /** The guest's serial console. */
    SERIAL,
    /** What QEMU itself complained about. */
    QEMU
  }

  /**
   * A question as it was typed.
   *
   * @param vm a VM or a role; empty for all of castra.toml
   * @param run empty for the newest of each VM
   * @param step only that step's part
   * @param follow whether to go on until the run has ended, or for the other logs the VM's process
   */
  public record Question(
      Optional<String> vm, Optional<Long> run, Optional<String> step, Kind kind, boolean follow) {}

  /**
   * Copies the logs to where {@code outputs} says. With {@code follow} it returns once all that was
   * under way has ended.
   *
   * @param outputs the VM to name before each line, or empty if there is but one, to where its log
   *     goes; what it throws as {@link java.io.IOException} means that nobody wants more
   * @return remarks for people
   * @throws CastraException with {@code USAGE}, {@code VM_NOT_FOUND} or {@code RUN_NOT_FOUND} if
   *     the question makes no sense or has no answer
   * @throws InterruptedException if the thread is interrupted while it waits for more
   */
  public List<String> show(Question question, Function<Optional<VmName>, OutputStream> outputs)
      throws InterruptedException {
    List<ShownLog> logs = logs(question, outputs);
    try {
      if (question.follow()) {
        follow(logs);
      } else {
        logs.forEach(ShownLog::copyAll);
      }
    } catch (UncheckedIOException nobodyReads) {
      return List.of();
    } finally {
      logs.forEach(ShownLog::close);
    }
    return logs.stream().flatMap(log -> log.remark().stream()).toList();
  }

  private void follow(List<ShownLog> logs) throws InterruptedException {
    List<ShownLog> open = new ArrayList<>(logs);
    Backoff backoff = new Backoff(QUICKEST, SLOWEST);
    while (!open.isEmpty()) {
      boolean any = false;
      for (ShownLog log : open) {
        any |= log.copyMore();
      }
      open.removeIf(ShownLog::isOver);
      if (any) {
        backoff = new Backoff(QUICKEST, SLOWEST);
      } else if (!open.isEmpty()) {
        backoff.pause(Deadline.after(host.ticker(), SLOWEST));
      }
    }
  }

  private List<ShownLog> logs(Question question, Function<Optional<VmName>, OutputStream> outputs) {
    Optional<StepKind> step = question.step().map(Logs::step);
    if (step.isPresent() && question.kind() != Kind.RUN) {
      throw new CastraException(
          ErrorCode.USAGE,
          "`--step` goes with the log of a run only.",
          "Leave out `--serial` and `--qemu`, or `--step`.");
    }
    LogFinder finder = new LogFinder(project, host);
    if (question.run().isPresent()) {
      RecordedRun run = run(question.run().get(), question.vm());
      Optional<LogFinder.Found> found =
          question.kind() == Kind.RUN
              ? Optional.of(finder.ofRun(run))
              : finder.ofBoot(run, question.kind());
      return List.of(
          shown(found.orElseThrow(() -> nothing(question)), step, outputs, Optional.empty()));
    }
    List<VmName> vms = vms(question.vm());
    List<LogFinder.Found> found =
        vms.stream()
            .flatMap(
                vm ->
                    (question.kind() == Kind.RUN
                            ? history.newest(vm).map(finder::ofRun)
                            : finder.ofBoot(vm, question.kind()))
                        .stream())
            .toList();
    if (found.isEmpty()) {
      throw nothing(question);
    }
    boolean named = vms.size() > 1;
    return found.stream()
        .map(log -> shown(log, step, outputs, named ? Optional.of(log.vm()) : Optional.empty()))
        .toList();
  }

  private static ShownLog shown(
      LogFinder.Found log,
      Optional<StepKind> step,
      Function<Optional<VmName>, OutputStream> outputs,
      Optional<VmName> label) {
    return new ShownLog(log, step, outputs.apply(label));
  }

  private static StepKind step(String text) {
    return Arrays.stream(StepKind.values())
        .filter(step -> step.id().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new CastraException(
                    ErrorCode.USAGE,
                    "`--step " + text + "` is no step of a run.",
                    "It is one of: "
                        + Arrays.stream(StepKind.values())
                            .map(StepKind::id)
                            .collect(Collectors.joining(", "))
                        + "."));
  }

  private RecordedRun run(long number, Optional<String> vm) {
    RecordedRun run = history.row(new RunId(number)).orElseThrow(() -> ShowRun.noSuchRun(number));
    if (vm.isPresent() && !vms(vm).contains(run.vm())) {
      throw new CastraException(
          ErrorCode.RUN_NOT_FOUND,
          "Run " + number + " is one of VM `" + run.vm() + "`, not of `" + vm.get() + "`.",
          "Leave out the VM, or list its runs with `castra history " + vm.get() + "`.");
    }
    return run;
  }

  private List<VmName> vms(Optional<String> name) {
    return name.isEmpty()
        ? project.vms().stream().map(vm -> vm.name()).toList()
        : new KnownVms(project, history.vms()).named(List.of(name.get()));
  }

  private static CastraException nothing(Question question) {
    String of = question.vm().map(vm -> " of `" + vm + "`").orElse("");
    return question.kind() == Kind.RUN
        ? new CastraException(
            ErrorCode.RUN_NOT_FOUND,
            "There is no run" + of + " yet.",
            "Run `castra up`; `castra events` tells what has happened so far.")
        : new CastraException(
            ErrorCode.RUN_NOT_FOUND,
            "There is no boot"
                + question.run().map(run -> " in run " + run).orElse(of)
                + " that has such a log.",
            "Castra keeps these logs of the VMs that it starts itself; machines with driver `ssh`"
                + " have none.");
  }
}
