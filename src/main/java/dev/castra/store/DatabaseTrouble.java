package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Pattern;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a database in words a user can act on. */
final class DatabaseTrouble {
  /** H2: file corrupted. */
  static final int CORRUPTED = 90030;

  /** H2: the file's format is of another engine version. */
  private static final int OTHER_FORMAT = 90048;

  /** H2: whatever it has no other number for. */
  private static final int GENERAL_ERROR = 50000;

  /**
   * What H2 2.4.240 says of files that were cut or changed, besides {@link #CORRUPTED}: general
   * error, wish to write to a file opened for reading, data conversion, no such column, table,
   * index, schema, unknown data type.
   */
  private static final Set<Integer> DAMAGED =
      Set.of(
          CORRUPTED, GENERAL_ERROR, 90097, 22018, 42122, 42102, 42104, 42112, 90079, 90004, 50004);

  /** H2: I/O error, cannot be read or written. */
  private static final int IO_EXCEPTION = 90028;

  private static final int IO_EXCEPTION_NAMED = 90031;

  /** The whole state root goes: a database alone would not know the VMs that are there. */
  static final String WAY_BACK =
      "`castra db restore FILE` brings back a backup, `castra db export DIR` saves what can be"
          + " read. Without either, end the VMs' processes and move the state root aside to begin"
          + " anew.";

  private static final String ROOM =
      "Check that the disk is not full and the state root is writable, then run it again.";

  /** H2 ends such a message with its version and {@code DataUtils.ERROR_WRITING_FAILED}. */
  private static final Pattern WRITING_FAILED =
      Pattern.compile("MVStoreException: .*\\[[0-9.]+/2]");

  private DatabaseTrouble() {}

  /** One line; Flyway's own messages are whole paragraphs around the one that matters. */
  static String reason(Exception e) {
    SQLException sql = sqlCause(e);
    return firstLine(sql == null ? e : sql);
  }

  static RuntimeException translate(Path file, SQLException e) {
    if (e.getErrorCode() == OTHER_FORMAT) {
      return FileFormat.refused(file, e);
    }
    boolean damaged = !isUnwritable(e) && (DAMAGED.contains(e.getErrorCode()) || isCorruption(e));
    return damaged ? damaged(file, firstLine(e), e) : translate(e);
  }

  /** What H2 stumbles over while it opens a file, such as the text of a table's definition. */
  static SQLException opening(SQLException e) {
    int code = e.getErrorCode();
    boolean told = code == OTHER_FORMAT || code == IO_EXCEPTION || code == IO_EXCEPTION_NAMED;
    return told || DAMAGED.contains(code) || isUnwritable(e) || Database.isRepeatable(e)
        ? e
        : new SQLException(firstLine(e), "XX001", CORRUPTED, e);
  }

  static CastraException damaged(Path file, String how, @Nullable Throwable cause) {
    return new CastraException(
        ErrorCode.DATABASE,
        "The database `" + file + "` is damaged: " + how + ".",
        "Nothing was deleted. " + WAY_BACK,
        cause);
  }

  /** H2 tells some of what it finds broken as an I/O error, or as a general one. */
  private static boolean isCorruption(SQLException e) {
    return (e.getErrorCode() == IO_EXCEPTION && e.getCause() instanceof MVStoreException)
        || (e.getErrorCode() == GENERAL_ERROR
            && String.valueOf(e.getMessage()).contains("MVStoreException"));
  }

  static RuntimeException translate(Exception e) {
    SQLException sql = sqlCause(e);
    if (sql == null) {
      return e instanceof RuntimeException defect ? defect : new IllegalStateException(e);
    }
    if (isUnwritable(e)) {
      return new CastraException(
          ErrorCode.DATABASE,
          "The database cannot be written: " + firstLine(rootCause(e)) + ".",
          ROOM,
          e);
    }
    if (sql.getErrorCode() == CORRUPTED || isCorruption(sql)) {
      return new CastraException(
          ErrorCode.DATABASE,
          "The database is damaged: " + firstLine(sql) + ".",
          "Nothing was deleted. " + WAY_BACK,
          e);
    }
    boolean io = sql.getErrorCode() == IO_EXCEPTION || sql.getErrorCode() == IO_EXCEPTION_NAMED;
    return new CastraException(
        ErrorCode.DATABASE,
        "The database failed: " + firstLine(sql) + ".",
        io ? ROOM : "Run the command again; with `--debug` it shows more.",
        e);
  }

  /**
   * True if the file system refused what H2 wrote. H2 closes the database then, which looks as if
   * its owner had left; but the next try would be refused as well.
   */
  static boolean isUnwritable(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof MVStoreException refused
          && refused.getErrorCode() == DataUtils.ERROR_WRITING_FAILED) {
        return !(refused.getCause() instanceof ClosedChannelException);
      }
      // From another process only the text comes.
      if (WRITING_FAILED.matcher(String.valueOf(cause.getMessage())).find()) {
        return true;
      }
    }
    return false;
  }

  static CastraException unreadable(Path file, IOException e) {
    return new CastraException(
        ErrorCode.DATABASE,
        "The database `" + file + "` cannot be read: " + firstLine(e) + ".",
        "Check that the file is readable and its disk is in order, then run it again.",
        e);
  }

  private static @Nullable SQLException sqlCause(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }

  private static Throwable rootCause(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String firstLine(Throwable e) {
    String message = String.valueOf(e.getMessage());
    String line = message.lines().findFirst().orElse(message);
    return line.length() > 300 ? line.substring(0, 300) + "..." : line;
  }
}
