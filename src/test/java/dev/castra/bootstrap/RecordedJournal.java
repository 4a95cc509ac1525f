package dev.castra.bootstrap;

import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import java.util.ArrayList;
import java.util.List;

/** A journal in memory: one line per call, in order. */
final class RecordedJournal implements RunJournal {
  final List<String> calls = new ArrayList<>();

  @Override
  public RunId id() {
    return new RunId(1);
  }

  @Override
  public void stepStarted(StepKind step) {
    calls.add("started " + step.id());
  }

  @Override
  public void stepEnded(StepRecord step) {
    calls.add(step.status().id() + " " + step.step().id());
  }

  @Override
  public void completed(RunStatus status, long durationMs) {
    calls.add("completed " + status.id());
  }

  @Override
  public void failed(RunStatus status, RunFailure failure, long durationMs) {
    calls.add(status.id() + " at " + failure.step().map(StepKind::id).orElse("-"));
  }
}
