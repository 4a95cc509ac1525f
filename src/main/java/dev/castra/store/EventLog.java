package dev.castra.store;

import static dev.castra.store.jooq.Tables.EVENTS;
import static dev.castra.store.jooq.Tables.EVENT_COUNTERS;

import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.event.Json;
import dev.castra.event.RecordedEvent;
import dev.castra.run.RunId;
import dev.castra.vm.VmName;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.Record1;
import org.jspecify.annotations.Nullable;

/**
 * Commits facts together with the events that tell of them, and then delivers the events: whoever
 * has heard of something finds it in the database. Thread-safe; events are delivered in the order
 * of their sequence numbers.
 */
public final class EventLog {
  private static final System.Logger LOG = System.getLogger(EventLog.class.getName());

  private static final long UNKNOWN_FATE_GAP = 1_000;

  private final Database database;
  private final Invocation invocation;
  private final EventSink sink;
  private final Clock clock;
  private long localSeq;
  private boolean sinkFailed;

  public EventLog(Database database, Invocation invocation, EventSink sink, Clock clock) {
    this.database = database;
    this.invocation = invocation;
    this.sink = sink;
    this.clock = clock;
  }

  /** A value, and the events to commit with whatever produced it. */
  public record Written<T>(T value, List<CastraEvent> events) {
    public Written {
      events = List.copyOf(events);
    }
  }

  /** Commits and delivers events alone. */
  public void publish(CastraEvent... events) {
    commit(false, sql -> new Written<>(0, List.of(events)));
  }

  /**
   * Runs {@code body} and inserts its events in one transaction.
   *
   * @param synced whether it must survive power loss before anyone is told
   * @param body safe to repeat, with the same events each time
   */
  <T> T commit(boolean synced, Function<DSLContext, Written<T>> body) {
    synchronized (this) {
      long firstLocal = localSeq + 1;
      // Numbers of a transaction whose fate is unknown are never given to another one.
      localSeq += UNKNOWN_FATE_GAP;
      Committed<T> committed =
          synced
              ? database.syncedTransaction(sql -> write(sql, firstLocal, body))
              : database.transaction(sql -> write(sql, firstLocal, body));
      localSeq = firstLocal - 1 + committed.events().size();
      committed.events().forEach(this::deliver);
      return committed.value();
    }
  }

  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  public Invocation invocation() {
    return invocation;
  }

  private record Committed<T>(T value, List<RecordedEvent> events) {}

  private <T> Committed<T> write(
      DSLContext sql, long firstLocal, Function<DSLContext, Written<T>> body) {
    Written<T> written = body.apply(sql);
    List<RecordedEvent> recorded = new ArrayList<>();
    if (!written.events().isEmpty()) {
      Long already = committedBefore(sql, firstLocal);
      long seq = already == null ? reserve(sql, written.events().size()) : already;
      long local = firstLocal;
      for (CastraEvent event : written.events()) {
        RecordedEvent entry = new RecordedEvent(seq++, now(), event);
        recorded.add(entry);
        if (already == null) {
          insert(sql, entry, local++);
        }
      }
    }
    return new Committed<>(written.value(), recorded);
  }

  /** Sequence number of the first event if an earlier try of this transaction was committed. */
  private @Nullable Long committedBefore(DSLContext sql, long firstLocal) {
    Record1<Long> row =
        sql.select(EVENTS.SEQ)
            .from(EVENTS)
            .where(EVENTS.INVOCATION_ID.eq(invocation.id()))
            .and(EVENTS.LOCAL_SEQ.eq(firstLocal))
            .fetchOne();
    return row == null ? null : row.value1();
  }

  /** Lets no other transaction that has events commit before this one. */
  static void lock(DSLContext sql) {
    sql.select(EVENT_COUNTERS.LAST_SEQ).from(EVENT_COUNTERS).forUpdate().fetch();
  }

  /** Locks the counter row until commit, so commits happen in the order of the numbers. */
  private static long reserve(DSLContext sql, int count) {
    sql.update(EVENT_COUNTERS)
        .set(EVENT_COUNTERS.LAST_SEQ, EVENT_COUNTERS.LAST_SEQ.plus(count))
        .execute();
    long last = sql.select(EVENT_COUNTERS.LAST_SEQ).from(EVENT_COUNTERS).fetchSingle().value1();
    return last - count + 1;
  }

  private void insert(DSLContext sql, RecordedEvent entry, long local) {
    CastraEvent event = entry.event();
    sql.insertInto(EVENTS)
        .set(EVENTS.SEQ, entry.seq())
        .set(EVENTS.INVOCATION_ID, invocation.id())
        .set(EVENTS.LOCAL_SEQ, local)
        .set(EVENTS.SCHEMA_VERSION, CastraEvent.SCHEMA_VERSION)
        .set(EVENTS.TS, Times.utc(entry.ts()))
        .set(EVENTS.TYPE, event.type())
        .set(EVENTS.VM, event.vm().map(VmName::value).orElse(null))
        .set(EVENTS.RUN_ID, event.run().map(RunId::value).orElse(null))
        .set(EVENTS.FIELDS, Json.compact(event.fields()))
        .execute();
  }

  private void deliver(RecordedEvent event) {
    try {
      sink.accept(event);
    } catch (RuntimeException e) {
      if (!sinkFailed) {
        sinkFailed = true;
        LOG.log(System.Logger.Level.WARNING, "An event could not be shown; it is recorded.", e);
      }
    }
  }
}
