package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.project.StateRoot;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.h2.jdbc.JdbcException;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a statement of a user. */
final class StatementTrouble {
  static final int CANCELED = 57014;

  private static final int NO_QUERY = 90002;
  private static final int ADMINISTRATORS_ONLY = 90040;
  private static final int NO_RIGHT = 90096;
  private static final int READ_ONLY = 90097;
  private static final int OUT_OF_MEMORY = 90108;

  /** H2: defect, file damaged or unreadable, connection or database gone. */
  private static final Set<Integer> DATABASES_OWN =
      Set.of(50000, 90030, 90028, 90031, 90067, 90098, 90121, 90007, 90020, 28000);

  /** Characters of the statement that are shown on either side of where it is wrong. */
  private static final int AROUND = 40;

  private static final String MARK = "[*]";

  private StatementTrouble() {}

  static CastraException cancelled(@Nullable Exception cause) {
    return new CastraException(
        ErrorCode.INTERRUPTED, "The statement was cancelled.", "Run it again.", cause);
  }

  static CastraException late(Duration limit, @Nullable Exception cause) {
    return new CastraException(
        ErrorCode.STATEMENT_TIMEOUT,
        "The statement did not end within " + words(limit) + ".",
        "Allow more with `--timeout 5m`, or ask for less.",
        cause);
  }

  static String words(Duration limit) {
    return limit.toMillis() % 1_000 == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
  }

  static CastraException noRecord(StateRoot root) {
    return new CastraException(
        ErrorCode.RECORD_NOT_FOUND,
        "There is no record yet in `" + root.path() + "`: nothing was ever done here.",
        "Run `castra up` first.");
  }

  static CastraException locking(String statement) {
    return new CastraException(
        ErrorCode.STATEMENT_INVALID,
        "`" + brief(statement) + "` is refused, for `castra sql` only reads: it locks rows.",
        "Leave out FOR UPDATE: statements are answered from a copy, whose locks nobody sees.");
  }

  /** What the thread that answered a statement threw. */
  static RuntimeException ofAnswer(@Nullable Throwable failure) {
    if (failure instanceof OutOfMemoryError) {
      return tooLarge(failure);
    }
    return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
  }

  private static CastraException tooLarge(Throwable cause) {
    return new CastraException(
        ErrorCode.DATABASE,
        "The statement needs more memory than there is for it.",
        "The record is unharmed. Ask for less: fewer rows to sort or to group, shorter texts.",
        cause);
  }

  static RuntimeException translate(StateRoot root, String statement, SQLException e) {
    if (e.getErrorCode() == OUT_OF_MEMORY) {
      return tooLarge(e);
    }
    if (DATABASES_OWN.contains(e.getErrorCode()) || Database.isRepeatable(e)) {
      return DatabaseTrouble.translate(root.databaseFile(), e);
    }
    return new CastraException(
        ErrorCode.STATEMENT_INVALID, message(statement, e) + ".", hint(e), e);
  }

  private static String message(String statement, SQLException e) {
    return switch (e.getErrorCode()) {
      case NO_QUERY -> "`" + brief(statement) + "` is no query, and `castra sql` only reads";
      case ADMINISTRATORS_ONLY, NO_RIGHT, READ_ONLY ->
          "`" + brief(statement) + "` is refused, for `castra sql` only reads: " + original(e);
      default -> "The statement cannot be run: " + original(e);
    };
  }

  private static String hint(SQLException e) {
    return switch (e.getErrorCode()) {
      case NO_QUERY, ADMINISTRATORS_ONLY, NO_RIGHT, READ_ONLY ->
          "Begin with SELECT, WITH, VALUES, TABLE, SHOW or EXPLAIN; the record is Castra's to"
              + " change.";
      default ->
          "`castra sql \"SHOW TABLES\"` lists the tables and views, `SHOW COLUMNS FROM"
              + " v_run_history` columns; docs/SQL.md explains them.";
    };
  }

  private static String brief(String statement) {
    String line = statement.strip().replaceAll("\\s+", " ");
    return line.length() <= AROUND ? line : line.substring(0, AROUND) + "...";
  }

  /** H2's own sentence, without the statement after it and with little of it within. */
  private static String original(SQLException e) {
    String text =
        e instanceof JdbcException known
            ? known.getOriginalMessage()
            : String.valueOf(e.getMessage());
    int end = text.indexOf("; SQL statement:");
    return withShortEcho(end < 0 ? text : text.substring(0, end)).replaceAll("\\s+", " ").strip();
  }

  private static String withShortEcho(String text) {
    int mark = text.indexOf(MARK);
    int start = text.indexOf('"');
    int end = mark < 0 ? -1 : text.indexOf("\"; expected", mark);
    int close = end < 0 ? text.lastIndexOf('"') : end;
    if (mark < 0 || start < 0 || start > mark || close < mark) {
      return text;
    }
    int from = Math.max(start + 1, mark - AROUND);
    int to = Math.min(close, mark + MARK.length() + AROUND);
    return text.substring(0, start + 1)
        + (from > start + 1 ? "..." : "")
        + text.substring(from, to)
        + (to < close ? "..." : "")
        + expected(text.substring(close));
  }

  /** The list of what could stand there can be hundreds of words. */
  private static String expected(String rest) {
    return rest.length() <= 160 ? rest : rest.substring(0, 160) + "...";
  }
}
