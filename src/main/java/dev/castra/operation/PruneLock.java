package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.PrivateFiles;
import dev.castra.store.Invocation;
import dev.castra.store.VmClaims;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;

/**
 * One castra at a time forgets runs: two would take each other's half-done work for that of a dead
 * one. The lock is the operating system's, which frees it however its holder dies; the file's text
 * says who that is.
 */
final class PruneLock implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final FileChannel channel;

  private PruneLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits up to a minute.
   *
   * @throws CastraException with {@code BUSY} if another castra still forgets runs then
   */
  static PruneLock await(ProjectSession session) {
    Deadline deadline = Deadline.after(session.host().ticker(), PATIENCE);
    Backoff backoff = Backoff.standard();
    while (true) {
      Optional<PruneLock> lock = tryTake(session);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (deadline.passed()) {
        throw busy(file(session));
      }
      try {
        backoff.pause(deadline);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CastraException(
            ErrorCode.INTERRUPTED, "Interrupted.", "Run the command again.", e);
      }
    }
  }

  /** Empty if another castra, or another thread of this one, has it. Does not wait. */
  static Optional<PruneLock> tryTake(ProjectSession session) {
    Path file = file(session);
    try {
      PrivateFiles.createFolder(session.project().stateRoot().lockFolder());
      FileChannel channel =
          FileChannel.open(
              file,
              EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return take(channel, session);
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.IO,
          "Lock file `" + file + "` cannot be used: " + e + ".",
          "Check that the state root is writable and on a file system with locks.",
          e);
    }
  }

  /** The channel stays open, and with it the lock, only for whoever gets to know of it. */
  private static Optional<PruneLock> take(FileChannel channel, ProjectSession session)
      throws IOException {
    PruneLock lock = new PruneLock(channel);
    boolean taken = false;
    try {
      if (isLocked(channel)) {
        introduce(channel, session);
        taken = true;
      }
      return taken ? Optional.of(lock) : Optional.empty();
    } finally {
      if (!taken) {
        lock.close();
      }
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException thisVeryProcess) {
      return false;
    }
  }

  private static void introduce(FileChannel channel, ProjectSession session) throws IOException {
    Invocation self = session.events().invocation();
    String who =
        new VmClaims.Holder(self.process(), self.command(), session.events().now()).describe();
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(who.getBytes(StandardCharsets.UTF_8)));
  }

  private static CastraException busy(Path file) {
    String who = "another castra process";
    try {
      String text = Files.readString(file);
      who = text.isBlank() ? who : text;
    } catch (IOException unknown) {
      // Then nobody knows better.
    }
    return new CastraException(
        ErrorCode.BUSY,
        "Old runs are being forgotten by " + who + ".",
        "Try again when it has ended.");
  }

  private static Path file(ProjectSession session) {
    return session.project().stateRoot().pruneLock();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException lockIsFreedAnyway) {
      // The kernel frees the lock with the descriptor, whatever close reports.
    }
  }
}
