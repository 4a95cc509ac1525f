package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.PrivateFiles;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the database anew without the room that changes left in it. Not by H2's own {@code
 * SHUTDOWN COMPACT}, whose failures in 2.4.240 damage the file.
 *
 * @param bytesBefore size of the file
 */
public record Compaction(long bytesBefore, long bytesAfter, Map<String, Long> rows) {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int ALREADY_OPEN = 90020;
  private static final String SCRIPT = "compact.sql";

  public Compaction {
    rows = Map.copyOf(rows);
  }

  /**
   * Waits up to 5 s for readers, which are done soon.
   *
   * @throws CastraException with {@code BUSY} if a castra has the database open, with {@code
   *     DATABASE} if it is damaged; the database is as it was then
   */
  public static Compaction run(StateRoot root, Ticker ticker) {
    try {
      if (!ReadConnection.exists(root, ticker)) {
        throw ReadConnection.noRecord(root);
      }
      long before = Files.size(root.databaseFile());
      Map<String, Long> rows;
      try (Connection old = openAlone(root, ticker)) {
        Migrations.requireKnown(old, root.database());
        rows = rewrite(root, old);
      }
      return new Compaction(before, Files.size(root.databaseFile()), TableCounts.byFileName(rows));
    } catch (SQLException e) {
      throw DatabaseTrouble.translate(root.databaseFile(), e);
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.IO,
          "The database could not be rewritten: " + DatabaseTrouble.reason(e) + ".",
          "It is as it was. Check that the disk is not full, then try again.",
          e);
    }
  }

  private static Map<String, Long> rewrite(StateRoot root, Connection old)
      throws SQLException, IOException {
    Path script = root.databaseFolder().resolve(SCRIPT);
    Successor next = new Successor(root);
    next.discard();
    try {
      Map<String, Long> rows = TableCounts.of(old);
      PrivateFiles.write(script, new byte[0]);
      execute(old, "SCRIPT TO ?", script);
      PrivateFiles.write(next.file(), new byte[0]);
      try (Connection fresh = DatabaseUrl.open(DatabaseUrl.filled(next.database()))) {
        execute(fresh, "RUNSCRIPT FROM ?", script);
      }
      next.requireRows(rows, "the new file");
      next.takePlace();
      return rows;
    } finally {
      next.discard();
      removeScript(root);
    }
  }

  private static void execute(Connection connection, String sql, Path script) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, script.toString());
      statement.execute();
    }
  }

  static void removeScript(StateRoot root) throws IOException {
    Files.deleteIfExists(root.databaseFolder().resolve(SCRIPT));
  }

  private static Connection openAlone(StateRoot root, Ticker ticker) throws SQLException {
    Deadline deadline = Deadline.after(ticker, PATIENCE);
    Backoff backoff = Backoff.standard();
    while (true) {
      Optional<Connection> alone = DatabaseUsers.isServed(root) ? Optional.empty() : tryAlone(root);
      if (alone.isPresent()) {
        return alone.get();
      }
      if (deadline.passed()) {
        throw DatabaseUsers.busy(root, ticker);
      }
      DatabaseLock.pause(backoff, deadline);
    }
  }

  private static Optional<Connection> tryAlone(StateRoot root) throws SQLException {
    Object found = DatabaseFile.key(root.databaseFile());
    Connection alone;
    try {
      alone = DatabaseUrl.open(DatabaseUrl.owner(root.database()));
    } catch (SQLException e) {
      if (e.getErrorCode() == ALREADY_OPEN) {
        return Optional.empty();
      }
      throw e;
    }
    if (found != null && found.equals(DatabaseFile.key(root.databaseFile()))) {
      return Optional.of(alone);
    }
    // Another one took its place meanwhile: a copy of the old one would undo what is in that.
    alone.close();
    return Optional.empty();
  }
}
