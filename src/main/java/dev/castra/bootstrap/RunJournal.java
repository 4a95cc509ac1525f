package dev.castra.bootstrap;

import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;

/**
 * Where a run is recorded. Synchronous and transactional: when a call returns, the facts and the
 * events that tell of them are committed, and only then are the events delivered. A failure of the
 * journal fails the run. Safe for use by one thread per run.
 */
public interface RunJournal {
  RunId id();

  /** Says what the run is doing from now on. */
  void stepStarted(StepKind step);

  void stepEnded(StepRecord step);

  /**
   * Stamp, final status and completion event in one transaction that is on disk before this
   * returns.
   *
   * @param status {@code SUCCESS} or {@code NOOP}
   */
  void completed(RunStatus status, long durationMs);

  /**
   * Final status and failure event in one transaction.
   *
   * @param status {@code FAILED} or {@code INTERRUPTED}
   */
  void failed(RunStatus status, RunFailure failure, long durationMs);
}
