package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.PrivateFiles;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The record as it is at this moment, in a file that only this process has: what is done with it
 * takes neither time, memory nor locks of a castra at work.
 */
final class RecordCopy {
  private static final int ALREADY_OPEN = 90020;
  private static final String FOLDERS = "ask-";
  private static final int LOOK_EVERY_MS = 50;

  /** A copy is there for as long as it takes to make; what is older was left by a kill. */
  private static final Duration OLD = Duration.ofHours(1);

  private final StateRoot root;
  private final Path folder;
  private final Path database;

  private RecordCopy(StateRoot root) throws IOException {
    this.root = root;
    this.folder = newFolder(root);
    this.database = folder.resolve("record");
  }

  /** Opens the copy that has just been made. */
  interface Opener<T> {
    T open(Path database) throws SQLException;
  }

  /**
   * Copies the record, and gives the room back when what was opened is closed.
   *
   * @param owner the process that has the database open; empty if nobody has
   * @param longest how long that one may take to copy it
   * @param wanted asked all the time; what it throws ends the copying
   * @throws SQLException with 90020 if another process has it open
   */
  static <T> T open(
      StateRoot root,
      Optional<DatabaseServer.Announcement> owner,
      Duration longest,
      Runnable wanted,
      Opener<T> opener)
      throws SQLException {
    wanted.run();
    try {
      RecordCopy copy = new RecordCopy(root);
      try {
        copy.make(owner, longest, wanted);
        return opener.open(copy.database);
      } finally {
        // Whoever has a file open goes on reading it.
        remove(copy.folder);
      }
    } catch (IOException e) {
      throw failed(root, e);
    }
  }

  /** On a thread of its own: an owner that says nothing can be waited for in no other way. */
  private void make(Optional<DatabaseServer.Announcement> owner, Duration longest, Runnable wanted)
      throws SQLException, IOException {
    FutureTask<@Nullable Void> copying =
        new FutureTask<>(
            () -> {
              if (owner.isPresent()) {
                ask(owner.get(), longest);
              } else {
                read();
              }
              return null;
            });
    Thread thread = new Thread(() -> finish(copying), "castra-record-copy");
    thread.setDaemon(true);
    thread.start();
    try {
      await(copying, wanted);
    } finally {
      // Ends what reads or writes a file, and with it the lock; to the owner it means nothing.
      copying.cancel(true);
    }
  }

  private void finish(FutureTask<?> copying) {
    copying.run();
    if (copying.isCancelled()) {
      try {
        // The owner may have made it anew.
        remove(folder);
      } catch (IOException left) {
        // It goes with the old ones.
      }
    }
  }

  private static void await(FutureTask<?> copying, Runnable wanted)
      throws SQLException, IOException {
    while (true) {
      wanted.run();
      try {
        copying.get(LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException goesOn) {
        // Then it may be unwanted by now.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw StatementTrouble.cancelled(e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof SQLException failure) {
          throw failure;
        }
        if (e.getCause() instanceof IOException failure) {
          throw failure;
        }
        throw StatementTrouble.ofAnswer(e.getCause());
      }
    }
  }

  private void ask(DatabaseServer.Announcement owner, Duration longest)
      throws SQLException, IOException {
    Path backup = folder.resolve("record.zip");
    try (Connection served =
        DatabaseUrl.open(DatabaseUrl.server(owner.port(), owner.key(), longest))) {
      DatabaseBackup.write(served, backup);
    }
    DatabaseBackup.extract(backup, file());
  }

  /** While it is locked as H2's readers lock it. */
  private void read() throws SQLException, IOException {
    PrivateFiles.write(file(), new byte[0]);
    try (FileChannel present = FileChannel.open(root.databaseFile(), StandardOpenOption.READ);
        FileLock lock = present.tryLock(0, Long.MAX_VALUE, true);
        FileChannel out = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      if (lock == null) {
        throw alreadyOpen();
      }
      for (long at = 0; at < present.size(); ) {
        at += present.transferTo(at, present.size() - at, out);
      }
    } catch (OverlappingFileLockException thisVeryProcess) {
      throw alreadyOpen();
    }
  }

  private Path file() {
    return folder.resolve("record.mv.db");
  }

  private static SQLException alreadyOpen() {
    return new SQLException("The database is in use.", "90020", ALREADY_OPEN);
  }

  /** In the state root, for that is what a castra that serves it can surely reach. */
  private static Path newFolder(StateRoot root) throws IOException {
    if (!Files.isWritable(root.databaseFolder())) {
      return Files.createTempDirectory("castra-" + FOLDERS);
    }
    FileTime old = FileTime.from(Instant.now().minus(OLD));
    try (Stream<Path> content = Files.list(root.databaseFolder())) {
      for (Path entry : content.filter(RecordCopy::isCopy).toList()) {
        removeIfOlder(entry, old);
      }
    }
    return Files.createTempDirectory(root.databaseFolder(), FOLDERS);
  }

  private static boolean isCopy(Path entry) {
    return entry.getFileName().toString().startsWith(FOLDERS);
  }

  /** Leaves alone what another castra removes meanwhile, or what is in use by it. */
  static void removeIfOlder(Path folder, FileTime old) throws IOException {
    try {
      if (Files.getLastModifiedTime(folder).compareTo(old) < 0) {
        remove(folder);
      }
    } catch (NoSuchFileException goneMeanwhile) {
      // Then there is nothing to remove.
    }
  }

  private static void remove(Path folder) throws IOException {
    Files.walkFileTree(folder, new Removal());
  }

  /** Others may remove the same. */
  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path entered, @Nullable IOException failure)
        throws IOException {
      if (failure != null && !(failure instanceof NoSuchFileException)) {
        throw failure;
      }
      try {
        Files.deleteIfExists(entered);
      } catch (DirectoryNotEmptyException inTheMaking) {
        // Whoever still copies into it removes it when that has ended.
      }
      return FileVisitResult.CONTINUE;
    }
  }

  private static CastraException failed(StateRoot root, IOException e) {
    return new CastraException(
        ErrorCode.IO,
        "The record in `" + root.path() + "` cannot be copied: " + DatabaseTrouble.reason(e) + ".",
        "Statements are answered from a copy, so that they cannot hold up a castra at work. Check"
            + " that the disk has room for one.",
        e);
  }
}
