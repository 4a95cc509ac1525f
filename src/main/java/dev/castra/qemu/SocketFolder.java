package dev.castra.qemu;

import com.sun.security.auth.module.UnixSystem;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.vm.BootId;
import dev.castra.vm.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/**
 * Private folder for one project's QMP sockets, outside the project: the path of a Unix socket may
 * not be longer than 103 bytes (macOS) or 107 (Linux, unix(7)).
 *
 * @param path absolute path of the folder, mode 0700, ours
 */
public record SocketFolder(Path path) {
  private static final int MOST_PATH_BYTES = 100;
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  /**
   * Creates the folder if it is not there: below {@code /tmp}, or below {@code XDG_RUNTIME_DIR}
   * where somebody else sits on its name there. Not the other way round: systemd removes the
   * runtime folder when the user logs out (pam_systemd(8)), and the VMs live on.
   *
   * @param environment of the process
   * @param stateRoot canonical path of the project's state root
   * @throws CastraException with {@code IO} if the folder cannot be made, or somebody else made it
   */
  public static SocketFolder open(Map<String, String> environment, Path stateRoot) {
    return open(environment, stateRoot, Path.of("/tmp"), new UnixSystem().getUid());
  }

  static SocketFolder open(
      Map<String, String> environment, Path stateRoot, Path temporary, long uid) {
    byte[] project = stateRoot.toString().getBytes(StandardCharsets.UTF_8);
    String name = Sha256.of(project).hex().substring(0, 8);
    try {
      return claim(temporary.resolve("castra-" + uid), name, uid);
    } catch (CastraException refused) {
      Path runtime = Path.of(environment.getOrDefault("XDG_RUNTIME_DIR", ""));
      Path parent = runtime.resolve("castra");
      if (!runtime.isAbsolute() || !Files.isDirectory(runtime) || !fits(parent.resolve(name))) {
        throw refused;
      }
      return claim(parent, name, uid);
    }
  }

  private static SocketFolder claim(Path parent, String name, long uid) {
    Path folder = parent.resolve(name);
    claim(parent, uid);
    claim(folder, uid);
    return new SocketFolder(folder);
  }

  /** Where the QEMU of this boot listens; at most 100 bytes unless {@code /tmp} itself is long. */
  public Path socket(BootId boot) {
    return path.resolve(boot.toString().substring(0, 13) + ".qmp");
  }

  private static boolean fits(Path folder) {
    int bytes = folder.toString().getBytes(StandardCharsets.UTF_8).length;
    return bytes + "/01234567-0123.qmp".length() <= MOST_PATH_BYTES;
  }

  private static void claim(Path folder, long uid) {
    try {
      create(folder);
      if (Files.isSymbolicLink(folder) || !Files.isDirectory(folder)) {
        throw refused(folder, "is not a folder");
      }
      if (owner(folder) != uid) {
        throw refused(folder, "belongs to another user");
      }
      if (!Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS).equals(PRIVATE)) {
        throw refused(folder, "is open to other users (its mode is not 0700)");
      }
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.IO,
          "The folder `" + folder + "` for control sockets cannot be made: " + e.getMessage() + ".",
          "Check the folder above it.",
          e);
    }
  }

  private static long owner(Path folder) throws IOException {
    return Integer.toUnsignedLong(
        (Integer) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS));
  }

  private static void create(Path folder) throws IOException {
    try {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
    } catch (FileAlreadyExistsException mayBeOurs) {
      // Whose it is is checked next, whoever made it.
    }
  }

  private static CastraException refused(Path folder, String why) {
    return new CastraException(
        ErrorCode.IO,
        "`" + folder + "` " + why + ", so control sockets are not safe in it.",
        "Remove it, or set `XDG_RUNTIME_DIR` to a folder of yours with mode 0700.");
  }
}
