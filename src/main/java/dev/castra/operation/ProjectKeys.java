package dev.castra.operation;

import dev.castra.bootstrap.EnvHashKey;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.PrivateFiles;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The project's secrets on disk, mode 0600. */
final class ProjectKeys {
  private ProjectKeys() {}

  /** The key under which env values are compared; empty before the first {@code up}. */
  static Optional<EnvHashKey> envHashKey(StateRoot root) {
    Path file = root.envHashKey();
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new EnvHashKey(Files.readAllBytes(file)));
    } catch (IOException | IllegalArgumentException e) {
      throw new CastraException(
          ErrorCode.IO,
          "The key file `" + file + "` cannot be used: " + e.getMessage() + ".",
          "Restore it from a backup, or delete it; VMs with env values are then bootstrapped again.",
          e);
    }
  }

  /** Keeps {@code fresh} unless another process was quicker; returns the one that is kept. */
  static EnvHashKey keep(StateRoot root, EnvHashKey fresh) {
    Optional<EnvHashKey> present = envHashKey(root);
    if (present.isPresent()) {
      return present.get();
    }
    PrivateFiles.createFolder(root.keyFolder());
    try {
      PrivateFiles.createAtomically(root.envHashKey(), fresh.bytes());
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.CANNOT_CREATE,
          "The key file `" + root.envHashKey() + "` cannot be written: " + e.getMessage() + ".",
          "Make the state root writable.",
          e);
    }
    return envHashKey(root).orElse(fresh);
  }
}
