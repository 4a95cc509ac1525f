package dev.castra.store;

import dev.castra.project.StateRoot;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a restored record must not fall behind.
 *
 * @param readable false if there is no record, or it is damaged
 * @param newestRuns id of the newest run of each VM
 * @param lastSeq sequence number of the newest event
 */
record PresentRecord(boolean readable, Map<String, Long> newestRuns, long lastSeq) {
  private static final int ALREADY_OPEN = 90020;

  PresentRecord {
    newestRuns = Map.copyOf(newestRuns);
  }

  /** Empty if another process has the database open. */
  static Optional<PresentRecord> read(StateRoot root) {
    if (Files.notExists(root.databaseFile())) {
      return Optional.of(unreadable());
    }
    try (Connection connection = DatabaseUrl.open(DatabaseUrl.reader(root.database()))) {
      Map<String, Long> newest = new TreeMap<>();
      PlainQuery.all(
              connection,
              row -> Map.entry(row.getString(1), row.getLong(2)),
              "SELECT vm, MAX(run_id) FROM runs GROUP BY vm")
          .forEach(entry -> newest.put(entry.getKey(), entry.getValue()));
      long lastSeq =
          PlainQuery.first(
                  connection, row -> row.getLong(1), "SELECT MAX(last_seq) FROM event_counters")
              .orElse(0L);
      return Optional.of(new PresentRecord(true, newest, lastSeq));
    } catch (SQLException e) {
      return e.getErrorCode() == ALREADY_OPEN ? Optional.empty() : Optional.of(unreadable());
    }
  }

  private static PresentRecord unreadable() {
    return new PresentRecord(false, Map.of(), 0);
  }
}
