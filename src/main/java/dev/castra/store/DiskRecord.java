package dev.castra.store;

import dev.castra.run.RunId;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.nio.file.Files;
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
    Optional<RunId> lastSuccess) {
  private static final String SCHEME = "ssh:";

  /**
   * What stands as path for a machine that Castra did not make.
   *
   * @param address such as {@code deploy@build.example:22}
   */
  public static Path machine(String address) {
    return Path.of(SCHEME + address);
  }

  /** True if this stands for a machine that Castra did not make, known by its host key. */
  public boolean isMachine() {
    return isMachine(path);
  }

  /** As {@link #isMachine()}, for the path alone. */
  public static boolean isMachine(Path path) {
    return path.toString().startsWith(SCHEME);
  }

  /** False if the disk's file is gone. */
  public boolean isThere() {
    return isThere(path);
  }

  /** As {@link #isThere()}, for the path alone. */
  public static boolean isThere(Path path) {
    return isMachine(path) || Files.exists(path);
  }
}
