package dev.castra.store;

import dev.castra.run.RunId;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An overlay as it is recorded.
 *
 * @param hostKey OpenSSH public key line of the guest's SSH host key
 * @param hostKeyConfirmed true once the guest has shown that key
 * @param disposable true if it may be deleted as soon as it is replaced
 * @param complete false while its file is being made
 * @param lastSuccess newest successful run on this disk
 */
public record DiskRecord(
    DiskId id,
    VmName vm,
    Path path,
    Path baseImagePath,
    Sha256 baseImageHash,
    String hostKey,
    boolean hostKeyConfirmed,
    boolean disposable,
    boolean complete,
    Optional<RunId> lastSuccess) {}
