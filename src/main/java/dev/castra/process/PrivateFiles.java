package dev.castra.process;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Folders of mode 0700 and files of mode 0600, whatever the umask says; what is written is on disk
 * when a method returns.
 */
public final class PrivateFiles {
  private static final Set<PosixFilePermission> OWNER_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNER_FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFiles() {}

  /**
   * Creates {@code folder} and its parents; new ones get mode 0700. Idempotent.
   *
   * @throws CastraException with {@code CANNOT_CREATE} if that fails
   */
  public static Path createFolder(Path folder) {
    try {
      return Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.CANNOT_CREATE,
          "Folder `" + folder + "` cannot be created: " + why(e) + ".",
          "Make its parent writable, or set `project.state_dir` in castra.toml.",
          e);
    }
  }

  private static String why(IOException e) {
    if (e instanceof FileAlreadyExistsException) {
      return "a file is in its place";
    }
    return e instanceof java.nio.file.AccessDeniedException
        ? "permission denied"
        : String.valueOf(e.getMessage());
  }

  /** Gives a file that a library made mode 0600. Does not open it. */
  public static void restrict(Path file) throws IOException {
    if (!Files.getPosixFilePermissions(file).equals(OWNER_FILE)) {
      Files.setPosixFilePermissions(file, OWNER_FILE);
    }
  }

  /** Replaces {@code file}: temporary name, fsync, rename. Readers see the old or the new text. */
  public static void writeAtomically(Path file, String text) throws IOException {
    writeAtomically(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Replaces {@code file}: temporary name, fsync, rename. */
  public static void writeAtomically(Path file, byte[] content) throws IOException {
    Path temporary = temporaryFor(file);
    try {
      write(temporary, content);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Writes {@code file} unless it exists; of several at once exactly one wins. */
  public static boolean createAtomically(Path file, byte[] content) throws IOException {
    Path temporary = temporaryFor(file);
    try {
      write(temporary, content);
      return giveName(temporary, file);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** A hard link fails if the name is taken, where a rename would replace the winner's file. */
  private static boolean giveName(Path whole, Path name) throws IOException {
    try {
      Files.createLink(name, whole);
      return true;
    } catch (FileAlreadyExistsException lost) {
      return false;
    } catch (UnsupportedOperationException | FileSystemException noHardLinksHere) {
      if (Files.exists(name)) {
        return false;
      }
      Files.move(whole, name);
      return true;
    }
  }

  /** Writes {@code file} in place: whoever looks meanwhile sees a part of it. */
  public static void write(Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            EnumSet.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING),
            PosixFilePermissions.asFileAttribute(OWNER_FILE))) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }

  private static Path temporaryFor(Path file) {
    return file.resolveSibling(
        file.getFileName()
            + "."
            + ProcessHandle.current().pid()
            + "-"
            + System.nanoTime()
            + ".tmp");
  }
}
