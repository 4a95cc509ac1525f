package dev.castra.bootstrap;

import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.vm.Sha256;
import java.util.Optional;

/**
 * What the database knows about a VM's present disk, as far as a decision needs it.
 *
 * @param stampRun the run whose stamp says that this disk holds this artifact; empty if none counts
 * @param lastSuccess the newest successful run on this disk
 * @param lastRun the newest run on this disk
 * @param diskReason why the disk is new, such as "base image changed"; empty if it is not
 */
public record StampFacts(
    Optional<RunId> stampRun,
    Optional<PastRun> lastSuccess,
    Optional<PastRun> lastRun,
    Optional<String> diskReason) {

  /**
   * @param failedStep id of the step a failed run ended in
   * @param manifest what that run applied
   */
  public record PastRun(
      RunId run,
      RunStatus status,
      Optional<String> failedStep,
      Sha256 artifactHash,
      Manifest manifest) {}

  /** Facts about a disk that is about to be made. */
  public static StampFacts newDisk(String reason) {
    return new StampFacts(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(reason));
  }
}
