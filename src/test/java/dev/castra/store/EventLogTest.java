package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.event.RecordedEvent;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventLogTest {
  private static final String TEXTS = "SELECT fields FROM events ORDER BY seq";

  @TempDir Path folder;
  private OpenProject project;

  @BeforeEach
  void open() {
    project = OpenProject.in(folder);
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void eventsAreDeliveredInTheOrderOfTheirNumbers() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 160; i++) {
        String text = "remark-" + i;
        all.add(
            threads.submit(
                () ->
                    project.events.publish(
                        OpenProject.remark(text), OpenProject.remark(text + "b"))));
      }
      for (Future<?> one : all) {
        one.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(project.delivered.stream().map(RecordedEvent::seq))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 320).boxed().toList());
    assertThat(project.column("SELECT seq FROM events ORDER BY local_seq"))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 320).mapToObj(String::valueOf).toList());
  }

  @Test
  void whatIsDeliveredIsWhatIsRecorded() {
    project.events.publish(OpenProject.remark("one"), OpenProject.remark("two"));

    assertThat(
            project
                .fetch("SELECT seq, ts, type, fields FROM events ORDER BY seq")
                .map(
                    row ->
                        List.of(
                            row.get("SEQ", Long.class),
                            row.get("TS", java.time.OffsetDateTime.class).toInstant(),
                            row.get("TYPE", String.class),
                            row.get("FIELDS", String.class))))
        .isEqualTo(
            project.delivered.stream()
                .map(
                    event ->
                        List.of(
                            event.seq(),
                            event.ts(),
                            event.event().type(),
                            dev.castra.event.Json.compact(event.event().fields())))
                .toList());
  }

  @Test
  void aSinkThatThrowsLosesNothing() {
    List<Long> heard = new ArrayList<>();
    EventLog log =
        new EventLog(
            project.database,
            project.invocation,
            event -> {
              heard.add(event.seq());
              throw new IllegalStateException("broken pipe");
            },
            Clock.systemUTC());

    log.publish(OpenProject.remark("one"), OpenProject.remark("two"));
    log.publish(OpenProject.remark("three"));

    assertThat(heard).containsExactly(1L, 2L, 3L);
    assertThat(project.column(TEXTS)).hasSize(3);
  }

  @Test
  void aSinkFindsTheFactsCommitted() {
    List<String> seen = new ArrayList<>();
    EventLog log =
        new EventLog(
            project.database,
            project.invocation,
            event -> seen.addAll(project.column("SELECT MAX(seq) FROM events")),
            Clock.systemUTC());

    log.publish(OpenProject.remark("one"));
    log.publish(OpenProject.remark("two"));

    assertThat(seen).containsExactly("1", "2");
  }

  @Test
  void aBodyThatIsRepeatedInsertsItsEventsOnce() {
    AtomicInteger tries = new AtomicInteger();

    project.events.commit(
        false,
        sql -> {
          sql.execute("UPDATE vms SET cpus = cpus + 1");
          if (tries.incrementAndGet() == 1) {
            throw new DataAccessException("broken", new SQLException("broken", "90067", 90067));
          }
          return new EventLog.Written<>(0, List.of(OpenProject.remark("once")));
        });

    assertThat(tries).hasValue(2);
    assertThat(project.column(TEXTS)).singleElement().asString().contains("once");
    assertThat(project.delivered).hasSize(1);
    assertThat(project.column("SELECT cpus FROM vms")).containsExactly("3", "3");
  }

  /** The commit reached the database and its acknowledgement did not reach us. */
  @Test
  void eventsOfATransactionThatWasCommittedUnheardAreNotDoubled() {
    EventLog unheard =
        new EventLog(project.database, project.invocation, event -> {}, Clock.systemUTC());
    unheard.publish(OpenProject.remark("one"), OpenProject.remark("two"));

    project.events.publish(OpenProject.remark("one"), OpenProject.remark("two"));
    project.events.publish(OpenProject.remark("three"));

    assertThat(project.column(TEXTS)).hasSize(3);
    assertThat(project.delivered.stream().map(RecordedEvent::seq)).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aFailedTransactionUsesUpNoNumber() {
    project.events.publish(OpenProject.remark("one"));
    assertThatThrownBy(
            () ->
                project.events.commit(
                    false,
                    sql -> {
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");
    project.events.publish(OpenProject.remark("two"));

    assertThat(project.column("SELECT seq FROM events ORDER BY seq")).containsExactly("1", "2");
  }
}
