package dev.castra.store;

import dev.castra.bootstrap.Artifact;
import dev.castra.run.Trigger;
import dev.castra.run.UsualTimes;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.util.Optional;
import java.util.UUID;

/**
 * What is known when a run begins.
 *
 * @param attemptKey fresh per attempt; makes the insert safe to repeat, and names the run's folder
 *     in the guest
 * @param reason why it runs
 * @param usual what past runs let expect
 */
public record RunStart(
    UUID attemptKey,
    VmName vm,
    DiskId disk,
    Sha256 baseImageHash,
    Artifact artifact,
    Trigger trigger,
    String reason,
    Optional<UsualTimes> usual) {}
