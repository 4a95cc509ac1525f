package dev.castra.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the database's file is before H2 sees it. Only for processes that do not have the database
 * open: closing the file by any other means gives up H2's lock on it.
 */
final class DatabaseFile {
  /** Both copies of H2's header, written in one piece; with less of it H2 opens nothing. */
  private static final int HEADER_BYTES = 8_192;

  /**
   * A file that grew to less was cut short while H2 created it. Reading it, H2 2.4.240 fails with
   * 50000 or 90097, and refuses a writer of the same process with 90020 ever after.
   */
  private static final int LEAST_BYTES = 16_384;

  /** How every H2 file begins. */
  private static final byte[] HEAD = {'H', ':', '2'};

  /** The last file that this process read, and found to be of a schema that it knows. */
  private static volatile Optional<FileTraces> known = Optional.empty();

  private DatabaseFile() {}

  /** True if nothing was ever committed to the file, or there is none. */
  static boolean holdsNothing(Path file) throws IOException {
    // A state root that is no folder is for the writer to complain of.
    Path root = file.resolve("../..").normalize();
    if (Files.notExists(file) || (Files.exists(root) && !Files.isDirectory(root))) {
      return true;
    }
    long size = Files.size(file);
    return size == 0 || (size < LEAST_BYTES && isOurs(file));
  }

  /** Empties a file that holds but a part of its header, so that H2 begins it anew. */
  static void dropTornHeader(Path file) throws IOException {
    long size = Files.exists(file) ? Files.size(file) : 0;
    if (size == 0 || size >= HEADER_BYTES || !isOurs(file)) {
      return;
    }
    // Under H2's own lock, so that a header in the making is left alone.
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null && channel.size() < HEADER_BYTES) {
        channel.truncate(0);
      }
    }
  }

  /**
   * Refuses a file that this engine cannot read, and one that lost its newest part: H2 would go
   * back to whatever older state it still finds. Looks only if nobody has the file open.
   *
   * @throws dev.castra.error.CastraException with {@code DATABASE}
   */
  static void requireReadable(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
      if (lock != null) {
        FileFormat.require(file, channel);
      }
    } catch (NoSuchFileException | OverlappingFileLockException e) {
      // There is nothing to look at, or this process has it open, which it may be doing rightly.
    }
  }

  /** Which file has that name at this moment, whatever is in it; null if there is none. */
  static @Nullable Object key(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (IOException absent) {
      return null;
    }
  }

  /**
   * To be called after this process read the schema version of a file, and knows it.
   *
   * @param file looked at before its version was read, lest another one took its place
   */
  static void remember(Optional<FileTraces> file) {
    known = file;
  }

  /** Whether {@code file} is what this process read, untouched since. A migration makes another. */
  static boolean isKnown(Path file) {
    Optional<FileTraces> seen = known;
    return seen.isPresent() && seen.equals(FileTraces.of(file));
  }

  private static boolean isOurs(Path file) throws IOException {
    try (InputStream content = Files.newInputStream(file)) {
      return Arrays.equals(content.readNBytes(HEAD.length), HEAD);
    }
  }
}
