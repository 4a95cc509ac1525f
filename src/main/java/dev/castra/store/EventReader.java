package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.StoredEvent;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.run.RunId;
import dev.castra.vm.VmName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads the event log with plain SQL, a bounded piece at a time. Events are committed in the order
 * of their numbers, so whoever goes on after the last number it has read misses none and meets none
 * twice. Takes no claim, changes nothing, and works whoever has the database open.
 */
public final class EventReader {
  private static final int ROWS_AT_ONCE = 1_000;

  /** A piece ends once it has so many characters; a single event has at most a million. */
  private static final int PIECE_CHARS = 4_000_000;

  private static final int FEWEST_AT_ONCE = 20;

  private static final String COLUMNS = "seq, schema_version, ts, type, vm, run_id, fields";
  private static final String SELECT = "SELECT " + COLUMNS + " FROM events WHERE ";

  private static final String BESIDES =
      "run_id IS NULL AND vm = (SELECT vm FROM runs WHERE run_id = ?)"
          + " AND invocation_id = (SELECT invocation_id FROM runs WHERE run_id = ?)";

  private static final String NEWEST = "SELECT last_seq FROM event_counters";

  private final RecordReads reads;

  public EventReader(StateRoot root, Ticker ticker) {
    this(RecordReads.of(root, ticker));
  }

  public EventReader(RecordReads reads) {
    this.reads = reads;
  }

  /**
   * A piece of the log.
   *
   * @param next number to go on after; beyond the last event if the rest does not fit the filter
   * @param complete whether it reaches the end of the log as it was then
   */
  public record Piece(List<StoredEvent> events, long next, boolean complete) {
    public Piece {
      events = List.copyOf(events);
    }
  }

  /**
   * Events that fit, from the one after number {@code after} on.
   *
   * @throws CastraException with {@code DATABASE} if the log ends before {@code after}, or the
   *     database cannot be read
   */
  public Piece after(long after, EventFilter filter) {
    return reads
        .read(connection -> after(connection, after, filter))
        .orElse(new Piece(List.of(), after, true));
  }

  /**
   * The run's own events, and what the command that began it told of its VM besides; in order.
   *
   * @param most how many of either kind, the newest ones
   */
  public List<StoredEvent> ofRun(RunId run, int most) {
    return reads.read(connection -> ofRun(connection, run, most)).orElse(List.of());
  }

  private static List<StoredEvent> ofRun(Connection connection, RunId run, int most)
      throws SQLException {
    String newest = " ORDER BY seq DESC FETCH FIRST " + most + " ROWS ONLY";
    List<StoredEvent> events =
        new ArrayList<>(
            PlainQuery.all(
                connection, EventReader::toEvent, SELECT + "run_id = ?" + newest, run.value()));
    events.addAll(
        PlainQuery.all(
            connection, EventReader::toEvent, SELECT + BESIDES + newest, run.value(), run.value()));
    events.sort(Comparator.comparingLong(StoredEvent::seq));
    return events;
  }

  /** Number of the last event before the newest {@code count} that fit; 0 if there are no more. */
  public long beforeNewest(int count, EventFilter filter) {
    return reads
        .read(connection -> beforeNewest(connection, count, EventPath.of(filter)))
        .orElse(0L);
  }

  private static long beforeNewest(Connection connection, int count, List<EventPath> paths)
      throws SQLException {
    List<Long> newest = new ArrayList<>();
    for (EventPath path : paths) {
      newest.addAll(PlainQuery.all(connection, row -> row.getLong(1), path.newest(count)));
    }
    newest.sort(Comparator.reverseOrder());
    return newest.isEmpty()
        ? newest(connection)
        : newest.get(Math.min(count, newest.size()) - 1) - 1;
  }

  /** Number of the last event that is older than {@code moment}; 0 if none is. */
  public long before(Instant moment) {
    return reads
        .read(connection -> TimeSearch.firstKey(connection, "events", "seq", "ts", moment) - 1)
        .orElse(0L);
  }

  private static long newest(Connection connection) throws SQLException {
    return PlainQuery.first(connection, row -> row.getLong(1), NEWEST).orElse(0L);
  }

  private static Piece after(Connection connection, long after, EventFilter filter)
      throws SQLException {
    long newest = newest(connection);
    if (after > newest) {
      throw new CastraException(
          ErrorCode.DATABASE,
          "There is no event " + after + " to go on after: the newest one is " + newest + ".",
          "The record may have been restored or begun anew; `--since 0` shows all of it.");
    }
    List<EventPath> paths = EventPath.of(filter);
    List<StoredEvent> events = new ArrayList<>();
    long next = after;
    long chars = 0;
    while (chars < PIECE_CHARS) {
      Rows rows = rows(connection, paths, next);
      events.addAll(rows.events());
      if (rows.complete()) {
        return new Piece(events, newest, true);
      }
      next = rows.next();
      chars += rows.events().stream().mapToLong(event -> event.ownFields().length()).sum();
    }
    return new Piece(events, next, false);
  }

  /** What a few rows of each path give together, in order. */
  private record Rows(List<StoredEvent> events, long next, boolean complete) {}

  /** Where a path goes on beyond the rows that were read, nothing after its last row counts yet. */
  private static Rows rows(Connection connection, List<EventPath> paths, long after)
      throws SQLException {
    int each = Math.max(FEWEST_AT_ONCE, ROWS_AT_ONCE / paths.size());
    List<StoredEvent> events = new ArrayList<>();
    long bound = Long.MAX_VALUE;
    for (EventPath path : paths) {
      List<StoredEvent> rows =
          PlainQuery.all(connection, EventReader::toEvent, path.after(COLUMNS, each), after);
      events.addAll(rows);
      if (rows.size() == each) {
        bound = Math.min(bound, rows.get(each - 1).seq());
      }
    }
    long last = bound;
    events.removeIf(event -> event.seq() > last);
    events.sort(Comparator.comparingLong(StoredEvent::seq));
    return new Rows(events, bound, bound == Long.MAX_VALUE);
  }

  private static StoredEvent toEvent(ResultSet row) throws SQLException {
    long run = row.getLong("run_id");
    return new StoredEvent(
        row.getInt("schema_version"),
        row.getLong("seq"),
        StatusReader.required(row, "ts"),
        row.getString("type"),
        Optional.ofNullable(row.getString("vm")).map(VmName::new),
        run == 0 ? Optional.empty() : Optional.of(new RunId(run)),
        row.getString("fields"));
  }
}
