package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.project.Project;
import dev.castra.store.HistoryReader;
import dev.castra.store.StepDurations;
import dev.castra.store.StepReader;
import dev.castra.vm.VmName;
import java.util.List;
import java.util.Optional;

/** Measures how long the steps of past runs took. Takes no claim, changes nothing. */
public final class MeasureSteps {
  private final Project project;
  private final Host host;

  public MeasureSteps(Project project, Host host) {
    this.project = project;
    this.host = host;
  }

  /**
   * @param vm a VM or a role; empty for all
   * @throws CastraException with {@code VM_NOT_FOUND} if there is none of that name
   */
  public StepStats of(Optional<String> vm) {
    HistoryReader history = new HistoryReader(project.stateRoot(), host.ticker());
    List<VmName> vms =
        vm.map(name -> new KnownVms(project, history.vms()).named(List.of(name))).orElse(List.of());
    List<StepDurations> measured =
        new StepReader(project.stateRoot(), host.ticker()).durations(vms);
    return new StepStats(project.name(), vms, measured.stream().map(MeasureSteps::report).toList());
  }

  private static StepStats.Step report(StepDurations step) {
    return new StepStats.Step(
        step.step().id(),
        step.count(),
        step.failed(),
        step.p50Ms(),
        step.p95Ms(),
        step.maxMs(),
        step.trend().map(trend -> new StepStats.Trend(trend.recentP50Ms(), trend.earlierP50Ms())));
  }
}
