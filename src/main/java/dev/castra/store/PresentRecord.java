package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.process.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a restored record must not fall behind.
 *
 * @param readable false if there is no record, or it is damaged
 * @param newestRuns id of the newest run of each VM
 * @param withdrawn runs whose stamps were taken back
 * @param lastSeq sequence number of the newest event
 */
record PresentRecord(
    boolean readable, Map<String, Long> newestRuns, Set<Long> withdrawn, long lastSeq) {
  PresentRecord {
    newestRuns = Map.copyOf(newestRuns);
    withdrawn = Set.copyOf(withdrawn);
  }

  /**
   * Reads a copy: H2 keeps a damaged file open in this process after it failed to read it.
   *
   * @param present the database's file, which this process has locked
   * @param copy where to; the caller removes it
   */
  static PresentRecord read(FileChannel present, Path copy) throws IOException {
    if (present.size() == 0) {
      return unreadable();
    }
    Path file = copy.resolveSibling(copy.getFileName() + ".mv.db");
    PrivateFiles.write(file, new byte[0]);
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (long at = 0; at < present.size(); ) {
        at += present.transferTo(at, present.size() - at, out);
      }
    }
    try {
      DatabaseFile.requireReadable(file);
      return read(copy);
    } catch (SQLException | CastraException damaged) {
      return unreadable();
    }
  }

  private static PresentRecord read(Path database) throws SQLException {
    try (Connection connection = DatabaseUrl.open(DatabaseUrl.reader(database))) {
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
      List<Long> withdrawn =
          PlainQuery.all(
              connection,
              row -> row.getLong(1),
              "SELECT run_id FROM stamps WHERE withdrawn_at IS NOT NULL");
      return new PresentRecord(true, newest, Set.copyOf(withdrawn), lastSeq);
    }
  }

  private static PresentRecord unreadable() {
    return new PresentRecord(false, Map.of(), Set.of(), 0);
  }
}
