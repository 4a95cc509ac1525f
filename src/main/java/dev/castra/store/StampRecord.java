package dev.castra.store;

import dev.castra.run.RunId;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A stamp, with what decides whether it still counts.
 *
 * @param run the run that wrote it
 * @param scriptBegan whether an unfinished run has begun to change the disk
 */
public record StampRecord(
    VmName vm,
    RunId run,
    Instant stampedAt,
    Sha256 baseImageHash,
    Sha256 artifactHash,
    Disk disk,
    boolean scriptBegan,
    Optional<Withdrawal> withdrawal) {

  /**
   * The disk that the stamp tells of.
   *
   * @param path its file, which need not be there any more
   * @param isPresent whether it is the VM's present one
   * @param isRemoved whether Castra deleted it
   * @param lastSuccess the newest successful run on it
   */
  public record Disk(
      DiskId id, Path path, boolean isPresent, boolean isRemoved, Optional<RunId> lastSuccess) {}

  /**
   * @param run the run that left the disk unknown; empty if a user withdrew the stamp
   */
  public record Withdrawal(Instant at, Optional<RunId> run) {}
}
