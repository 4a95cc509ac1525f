package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a database in words a user can act on. */
final class DatabaseTrouble {
  /** H2: file corrupted, I/O error, cannot be written. */
  private static final int CORRUPTED = 90030;

  private static final int IO_EXCEPTION = 90028;
  private static final int IO_EXCEPTION_NAMED = 90031;

  /** The whole state root goes: a database alone would not know the VMs that are there. */
  static final String WAY_BACK =
      "Restore the file from a backup. Without one, end the VMs' processes and move the state root"
          + " aside to begin anew.";

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
    if (e.getErrorCode() == CORRUPTED) {
      return new CastraException(
          ErrorCode.DATABASE,
          "The database `" + file + "` is damaged: " + firstLine(e) + ".",
          "Nothing was deleted. " + WAY_BACK,
          e);
    }
    return translate(e);
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
