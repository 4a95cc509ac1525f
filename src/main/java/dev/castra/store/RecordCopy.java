package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.PrivateFiles;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The record as it is at this moment, in a file that only this process has: what is done with it
 * takes neither time, memory nor locks of a castra at work.
 */
final class RecordCopy {
  private static final int ALREADY_OPEN = 90020;
  private static final String FOLDERS = "ask-";

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
   * @throws SQLException with 90020 if another process has it open
   */
  static <T> T open(
      StateRoot root,
      Optional<DatabaseServer.Announcement> owner,
      Duration longest,
      Opener<T> opener)
      throws SQLException {
    try {
      RecordCopy copy = new RecordCopy(root);
      try {
        if (owner.isPresent()) {
          copy.ask(owner.get(), longest);
        } else {
          copy.read();
        }
        return opener.open(copy.database);
      } finally {
        // Whoever has a file open goes on reading it.
        remove(copy.folder);
      }
    } catch (IOException e) {
      throw failed(root, e);
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
    try (Stream<Path> content = Files.list(root.databaseFolder())) {
      for (Path entry : content.toList()) {
        FileTime old = FileTime.from(Instant.now().minus(OLD));
        if (entry.getFileName().toString().startsWith(FOLDERS)
            && Files.getLastModifiedTime(entry).compareTo(old) < 0) {
          remove(entry);
        }
      }
    }
    return Files.createTempDirectory(root.databaseFolder(), FOLDERS);
  }

  private static void remove(Path folder) throws IOException {
    List<Path> entries;
    try (Stream<Path> content = Files.walk(folder)) {
      entries = content.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path entry : entries) {
      Files.deleteIfExists(entry);
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
