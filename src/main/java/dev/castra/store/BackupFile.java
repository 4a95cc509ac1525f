package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A backup that was opened and found to hold what the record held. */
public final class BackupFile {
  /** A claim that comes and goes between the counts makes a good backup look wrong. */
  private static final int TRIES = 5;

  private static final Duration OLD = Duration.ofHours(1);

  private BackupFile() {}

  /**
   * Writes the record to {@code target}, mode 0600, while others may work on it.
   *
   * @param target absolute
   * @param replace whether a file of that name may be replaced
   * @return rows of each table in it
   * @throws CastraException with {@code CANNOT_CREATE} if the name is taken or cannot be written
   *     to, with {@code DATABASE} if the record is damaged, or the backup holds other rows, with
   *     {@code DATABASE_TOO_NEW}
   */
  public static Map<String, Long> write(
      StateRoot root, Ticker ticker, Path target, boolean replace) {
    requireUsable(target, replace);
    OutputPlace.requireOutside(root, target, target.toAbsolutePath().resolveSibling(""));
    Path written = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    removeRemains(target);
    try (RecordSource source = ReadConnection.source(root, ticker)) {
      if (!ReadConnection.exists(root, ticker)) {
        throw ReadConnection.noRecord(root);
      }
      Connection connection = source.connection();
      connection.setAutoCommit(true);
      Map<String, Long> held = writeVerified(connection, written);
      Files.move(written, target, StandardCopyOption.ATOMIC_MOVE);
      DatabaseBackup.sync(target.resolveSibling(""));
      return TableCounts.byFileName(held);
    } catch (SQLException e) {
      throw DatabaseTrouble.translate(root.databaseFile(), e);
    } catch (IOException e) {
      throw unwritable(target, e);
    } finally {
      remove(written);
    }
  }

  /** What earlier ones left that were killed; another may be at work at this moment. */
  private static void removeRemains(Path target) {
    Pattern unfinished =
        Pattern.compile(
            Pattern.quote("." + target.getFileName()) + "\\.[0-9a-f-]{36}(\\.opened\\.mv\\.db)?");
    FileTime old = FileTime.from(Instant.now().minus(OLD));
    try (Stream<Path> files = Files.list(target.resolveSibling(""))) {
      for (Path file : files.toList()) {
        if (unfinished.matcher(file.getFileName().toString()).matches()
            && Files.getLastModifiedTime(file).compareTo(old) < 0) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      // They only take room.
    }
  }

  private static void requireUsable(Path target, boolean replace) {
    Path folder = target.resolveSibling("");
    if (!Files.isDirectory(folder)) {
      throw new CastraException(
          ErrorCode.CANNOT_CREATE,
          "`" + folder + "` is no folder.",
          "Make it, or name a file in a folder that exists.");
    }
    if (Files.isDirectory(target)) {
      throw new CastraException(
          ErrorCode.CANNOT_CREATE, "`" + target + "` is a folder.", "Name a file in it.");
    }
    if (!replace && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new CastraException(
          ErrorCode.CANNOT_CREATE,
          "`" + target + "` exists.",
          "Name another file, or replace it with `--force`.");
    }
  }

  private static Map<String, Long> opened(Path backup) throws SQLException, IOException {
    Path copy = backup.resolveSibling(backup.getFileName() + ".opened");
    Path file = copy.resolveSibling(copy.getFileName() + ".mv.db");
    try {
      DatabaseBackup.extract(backup, file);
      try (Connection connection = DatabaseUrl.open(DatabaseUrl.reader(copy))) {
        return TableCounts.of(connection);
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Others may write meanwhile: the backup is of some moment between two counts. */
  private static Map<String, Long> writeVerified(Connection connection, Path written)
      throws SQLException, IOException {
    for (int tries = 1; ; tries++) {
      Map<String, Long> before = TableCounts.of(connection);
      DatabaseBackup.write(connection, written);
      Map<String, Long> held = opened(written);
      Map<String, Long> after = TableCounts.of(connection);
      if (before.keySet().stream().allMatch(table -> isBetween(table, before, held, after))) {
        return held;
      }
      if (tries == TRIES) {
        throw new IOException("it holds other rows than the record: " + held);
      }
    }
  }

  private static boolean isBetween(
      String table, Map<String, Long> before, Map<String, Long> held, Map<String, Long> after) {
    long first = before.getOrDefault(table, -1L);
    long last = after.getOrDefault(table, -1L);
    long rows = held.getOrDefault(table, -1L);
    return rows >= Math.min(first, last) && rows <= Math.max(first, last);
  }

  private static CastraException unwritable(Path target, IOException e) {
    return new CastraException(
        ErrorCode.IO,
        "The backup `" + target + "` could not be written: " + DatabaseTrouble.reason(e) + ".",
        "Check that its folder is writable and its disk is not full.",
        e);
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // The failure that led here matters more.
    }
  }
}
