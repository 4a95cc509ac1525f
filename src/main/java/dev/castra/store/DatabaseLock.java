package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.PrivateFiles;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * The database and every claim for this process alone, whatever state its file is in: locked as H2
 * locks it. While it is held, this process must not open that file by any other means.
 */
final class DatabaseLock implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String LOCK = ".lock";

  private final StateRoot root;
  private final List<FileChannel> channels = new ArrayList<>();
  private boolean begun;

  private DatabaseLock(StateRoot root) {
    this.root = root;
  }

  /**
   * Waits up to 5 s for readers, which are done soon.
   *
   * @throws CastraException with {@code BUSY} if a castra has the database open or holds a claim
   */
  static DatabaseLock take(StateRoot root, Ticker ticker) throws IOException {
    PrivateFiles.createFolder(root.databaseFolder());
    Deadline deadline = Deadline.after(ticker, PATIENCE);
    Backoff backoff = Backoff.standard();
    while (true) {
      Optional<DatabaseLock> lock = DatabaseUsers.isServed(root) ? Optional.empty() : attempt(root);
      if (lock.isPresent()) {
        lock.get().claimAll();
        return lock.get();
      }
      if (deadline.passed()) {
        throw DatabaseUsers.busy(root, ticker);
      }
      pause(backoff, deadline);
    }
  }

  /** The database's file: whoever has the lock reads it through this and nothing else. */
  FileChannel file() {
    return channels.get(0);
  }

  /** False if the file was made by this lock. */
  boolean foundFile() {
    return !begun;
  }

  /** Empty if somebody else has it, or another file took its place before this had the lock. */
  private static Optional<DatabaseLock> attempt(StateRoot root) throws IOException {
    Object found = DatabaseFile.key(root.databaseFile());
    DatabaseLock lock = new DatabaseLock(root);
    if (!lock.lock(root.databaseFile())) {
      return Optional.empty();
    }
    Object locked = DatabaseFile.key(root.databaseFile());
    if (locked != null && (found == null || found.equals(locked))) {
      // Others find a file that holds nothing, and wait for whoever has it.
      lock.begun = lock.file().size() == 0;
      return Optional.of(lock);
    }
    lock.close();
    return Optional.empty();
  }

  private boolean lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            EnumSet.of(
                StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    if (locks(channel)) {
      channels.add(channel);
      return true;
    }
    channel.close();
    return false;
  }

  private static boolean locks(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException thisVeryProcess) {
      return false;
    }
  }

  private void claimAll() throws IOException {
    if (!Files.isDirectory(root.lockFolder())) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(root.lockFolder(), "*" + LOCK)) {
      for (Path file : files) {
        String name = file.getFileName().toString().replace(LOCK, "");
        if (VmName.isValid(name) && !lock(file)) {
          throw VmClaims.busy(new VmName(name), Optional.empty());
        }
      }
    } catch (IOException | CastraException e) {
      close();
      throw e;
    }
  }

  static void pause(Backoff backoff, Deadline deadline) {
    try {
      backoff.pause(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CastraException(ErrorCode.INTERRUPTED, "Interrupted.", "Run the command again.", e);
    }
  }

  /** Frees everything, and takes away the file that it made if nothing took its place. */
  @Override
  public void close() throws IOException {
    if (begun && Files.exists(root.databaseFile()) && Files.size(root.databaseFile()) == 0) {
      Files.delete(root.databaseFile());
    }
    for (FileChannel channel : channels) {
      channel.close();
    }
    channels.clear();
  }
}
