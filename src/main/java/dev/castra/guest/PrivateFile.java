package dev.castra.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Files only their owner may read, which appear whole or not at all. */
final class PrivateFile {
  private PrivateFile() {}

  /**
   * Makes {@code target} with these bytes and mode 0600 unless it exists already; then it stays as
   * it is.
   */
  static void publish(Path target, byte[] bytes) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    Path whole =
        Files.createTempFile(
            folder,
            "." + target.getFileName(),
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      write(whole, bytes);
      linkUnlessThere(whole, target);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
  }

  /** A hard link fails if the name is taken, where a rename would replace the winner's file. */
  private static void linkUnlessThere(Path whole, Path target) throws IOException {
    try {
      Files.createLink(target, whole);
    } catch (FileAlreadyExistsException someoneElseWasFirst) {
      return;
    } catch (UnsupportedOperationException | FileSystemException noHardLinksHere) {
      if (!Files.exists(target)) {
        Files.move(whole, target);
      }
    }
  }
}
