package dev.castra.store;

import dev.castra.bootstrap.Manifest;
import dev.castra.bootstrap.StampFacts;
import dev.castra.process.ProcessIdentity;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.vm.Sha256;
import java.time.Instant;
import java.util.Optional;

/**
 * What is recorded of a VM's present disk, all of one moment.
 *
 * @param disk the present disk, or one that was being made when its maker died
 * @param stamp what the newest successful run on the disk wrote, withdrawn or not
 * @param lastSuccess that run
 * @param lastRun the newest run on the disk that has ended
 * @param unfinished a run of the VM that has not ended
 * @param holder who announced itself on the VM; it may be dead
 * @param boot the VM's newest boot; its process may be dead
 * @param imageHash content hash of the image that was asked for, if it is remembered
 */
public record DiskHistory(
    Optional<DiskRecord> disk,
    Optional<StampRecord> stamp,
    Optional<EndedRun> lastSuccess,
    Optional<EndedRun> lastRun,
    Optional<Unfinished> unfinished,
    Optional<VmClaims.Holder> holder,
    Optional<VmSnapshot.Boot> boot,
    Optional<Sha256> imageHash) {

  /** Of a VM that no {@code up} has seen yet. */
  public static final DiskHistory NONE = none(Optional.empty());

  /** As {@link #NONE}, where the image is known from other VMs. */
  static DiskHistory none(Optional<Sha256> imageHash) {
    return new DiskHistory(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        imageHash);
  }

  /** A run with a final status. */
  public record EndedRun(
      StampFacts.PastRun past,
      Trigger trigger,
      String reason,
      Instant startedAt,
      long durationMs,
      Optional<String> logPath,
      long payloadBytes) {}

  /**
   * A run without a final status.
   *
   * @param onPresentDisk whether it works on the VM's present disk
   * @param doer the process that carries it out, which may be dead; empty if it gave up the VM
   */
  public record Unfinished(
      RunId run,
      Trigger trigger,
      Optional<StepKind> step,
      Sha256 artifactHash,
      Manifest manifest,
      boolean onPresentDisk,
      Optional<ProcessIdentity> doer) {

    public boolean isUnderWay() {
      return doer.filter(ProcessIdentity::isAlive).isPresent();
    }

    /** What the next castra that claims the VM will make of the run if its doer is dead. */
    public StampFacts.PastRun interrupted() {
      return new StampFacts.PastRun(
          run, RunStatus.INTERRUPTED, step.map(StepKind::id), artifactHash, manifest);
    }

    /** True if its end without success withdraws the disk's stamps. */
    public boolean leavesDiskUnknown() {
      return trigger == Trigger.ALWAYS || step.filter(StepKind::changesDisk).isPresent();
    }
  }
}
