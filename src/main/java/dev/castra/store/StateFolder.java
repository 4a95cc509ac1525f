package dev.castra.store;

import com.sun.security.auth.module.UnixSystem;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/** The state root as a folder that nobody but its owner looks into, whoever made it. */
final class StateFolder {
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private StateFolder() {}

  /**
   * Creates the folder, or takes other users' rights on it away.
   *
   * @throws CastraException with {@code CANNOT_CREATE} if it cannot be created, belongs to somebody
   *     else, or holds other things than Castra's
   */
  static void open(StateRoot root) {
    open(root, new UnixSystem().getUid());
  }

  static void open(StateRoot root, long uid) {
    Path folder = PrivateFiles.createFolder(root.path());
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(folder);
      if (OWNER.containsAll(mode)) {
        return;
      }
      if (owner(folder) != uid) {
        throw exposed(folder, mode, "and belongs to another user");
      }
      if (!Files.exists(root.databaseFolder()) && !isEmpty(folder)) {
        throw exposed(folder, mode, "and holds other things than Castra's");
      }
      mode.retainAll(OWNER);
      Files.setPosixFilePermissions(folder, mode);
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.CANNOT_CREATE,
          "The state root `" + folder + "` cannot be made private: " + e.getMessage() + ".",
          "Set `project.state_dir` in castra.toml to a folder of your own.",
          e);
    }
  }

  private static long owner(Path folder) throws IOException {
    return Integer.toUnsignedLong((Integer) Files.getAttribute(folder, "unix:uid"));
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }

  private static CastraException exposed(
      Path folder, Set<PosixFilePermission> mode, String andWhat) {
    return new CastraException(
        ErrorCode.CANNOT_CREATE,
        "The state root `%s` is open to other users (%s) %s."
            .formatted(folder, PosixFilePermissions.toString(mode), andWhat),
        "Set `project.state_dir` in castra.toml to a folder of its own, or run `chmod 700` on it.");
  }
}
