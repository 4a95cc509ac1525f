package dev.castra.store;

import dev.castra.bootstrap.Manifest;
import dev.castra.run.StepRecord;
import java.util.List;
import java.util.Optional;

/**
 * All that is recorded of one run.
 *
 * @param steps those that ended, in order
 * @param manifest what was applied
 * @param command the castra command that carried the run out
 * @param castraVersion its version
 * @param foreign whether the machine is not Castra's, so that its SSH host key stands where the
 *     base image does
 * @param before the run before it on the same VM
 */
public record RunHistory(
    RecordedRun run,
    List<StepRecord> steps,
    Manifest manifest,
    String command,
    String castraVersion,
    boolean foreign,
    Optional<Before> before) {
  public RunHistory {
    steps = List.copyOf(steps);
  }

  /** The run before another one on the same VM, and what it applied. */
  public record Before(RecordedRun run, Manifest manifest) {}
}
