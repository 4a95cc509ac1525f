package dev.castra.store;

import dev.castra.process.ProcessIdentity;
import dev.castra.vm.BootId;
import dev.castra.vm.DiskId;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * One start of a VM.
 *
 * @param directory serial log, QEMU log, pid file and command line
 * @param process empty until the pid is recorded
 * @param shakenAt when the guest answered in this boot
 */
public record BootRecord(
    BootId id,
    VmName vm,
    DiskId disk,
    Path directory,
    Optional<ProcessIdentity> process,
    Optional<Instant> stopRequestedAt,
    boolean ended,
    Optional<Instant> shakenAt) {}
