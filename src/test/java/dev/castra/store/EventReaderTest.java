package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.event.CastraEvent;
import dev.castra.event.Json;
import dev.castra.event.StoredEvent;
import dev.castra.process.Ticker;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventReaderTest {
  private static final EventFilter ALL = new EventFilter(List.of(), List.of());

  @TempDir Path folder;

  private EventReader reader() {
    return new EventReader(OpenProject.rootIn(folder), Ticker.system());
  }

  private static CastraEvent about(VmName vm, String text) {
    return new CastraEvent.Diagnostic(Optional.of(vm), "info", "remark", text);
  }

  private static void publish(OpenProject project, VmName vm, int count, String text) {
    project.events.publish(
        IntStream.range(0, count).mapToObj(i -> about(vm, text)).toArray(CastraEvent[]::new));
  }

  @Test
  void withoutARecordThereIsNothingAndNothingIsMade() {
    assertThat(reader().after(0, ALL)).isEqualTo(new EventReader.Piece(List.of(), 0, true));
    assertThat(reader().beforeNewest(5, ALL)).isZero();
    assertThat(reader().before(Instant.now())).isZero();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aStoredEventIsToldAsItWasWhenItHappened() {
    List<String> told;
    try (OpenProject project = OpenProject.in(folder)) {
      project.newDisk(OpenProject.WEB);
      project.succeed(OpenProject.WEB, OpenProject.A);
      project.events.publish(OpenProject.remark("größe \" \u2028 \n'"));
      told = project.delivered.stream().map(event -> Json.compact(event.fields())).toList();
    }

    assertThat(reader().after(0, ALL).events().stream().map(StoredEvent::json))
        .hasSizeGreaterThan(7)
        .containsExactlyElementsOf(told);
  }

  @Test
  void aLongLogComesInPiecesOfBoundedSize() {
    int count = 5_200;
    try (OpenProject project = OpenProject.in(folder)) {
      publish(project, OpenProject.WEB, count, "x".repeat(2_000));
    }

    List<Long> seen = new ArrayList<>();
    EventReader.Piece piece = reader().after(0, ALL);
    while (!piece.complete()) {
      assertThat(piece.events()).hasSizeLessThan(3_001).isNotEmpty();
      piece.events().forEach(event -> seen.add(event.seq()));
      piece = reader().after(piece.next(), ALL);
    }
    piece.events().forEach(event -> seen.add(event.seq()));

    assertThat(seen).containsExactlyElementsOf(LongStream.rangeClosed(1, count).boxed().toList());
    assertThat(piece.next()).isEqualTo(count);
  }

  @Test
  void eventsAreFoundByVmAndTypeAndTheRestIsNotReadAgain() {
    try (OpenProject project = OpenProject.in(folder)) {
      publish(project, OpenProject.WEB, 3, "of web");
      publish(project, OpenProject.DB, 2, "of db");
      publish(project, OpenProject.WEB, 4, "of web");

      EventReader.Piece ofDb = reader().after(0, new EventFilter(vms(OpenProject.DB), List.of()));
      assertThat(ofDb.events()).extracting(StoredEvent::seq).containsExactly(4L, 5L);
      assertThat(ofDb.next()).isEqualTo(9);
      assertThat(reader().after(0, new EventFilter(List.of(), List.of("UpStarted"))).events())
          .isEmpty();
    }
  }

  @Test
  void theNewestEventsAreFoundAmongThoseThatFit() {
    try (OpenProject project = OpenProject.in(folder)) {
      publish(project, OpenProject.DB, 3, "of db");
      publish(project, OpenProject.WEB, 4, "of web");
    }
    EventFilter ofDb = new EventFilter(vms(OpenProject.DB), List.of());

    assertThat(reader().beforeNewest(2, ofDb)).isEqualTo(1);
    assertThat(reader().beforeNewest(2, ALL)).isEqualTo(5);
    assertThat(reader().beforeNewest(50, ALL)).isZero();
    assertThat(reader().beforeNewest(2, new EventFilter(List.of(), List.of("UpStarted"))))
        .isEqualTo(7);
  }

  @Test
  void eventsOfManyVmsOrTypesComeInOneOrderAndNoneTwice() {
    int count = 2_500;
    try (OpenProject project = OpenProject.in(folder)) {
      publish(project, OpenProject.DB, count, "of db");
      publish(project, OpenProject.WEB, 3, "of web");
      for (int i = 0; i < 50; i++) {
        publish(project, OpenProject.DB, 1, "of db");
        publish(project, OpenProject.WEB, 1, "of web");
        project.events.publish(new CastraEvent.ShutdownRequested(OpenProject.WEB, i));
      }
    }
    List<Long> all = LongStream.rangeClosed(1, count + 153).boxed().toList();
    List<VmName> both = vms(OpenProject.WEB, OpenProject.DB, OpenProject.WEB);
    List<String> types = List.of("ShutdownRequested", "Diagnostic");

    assertThat(seen(new EventFilter(both, List.of()))).containsExactlyElementsOf(all);
    assertThat(seen(new EventFilter(List.of(), types))).containsExactlyElementsOf(all);
    assertThat(seen(new EventFilter(both, List.of("ShutdownRequested")))).hasSize(50);
    assertThat(reader().beforeNewest(4, new EventFilter(both, types))).isEqualTo(count + 149);
  }

  private List<Long> seen(EventFilter filter) {
    EventReader.Piece piece = reader().after(0, filter);
    assertThat(piece.complete()).isTrue();
    return piece.events().stream().map(StoredEvent::seq).toList();
  }

  @Test
  void whatDoesNotFitIsNotLookedAt() {
    try (OpenProject project = OpenProject.in(folder)) {
      publish(project, OpenProject.DB, 500, "of db");
      EventFilter ofWeb = new EventFilter(vms(OpenProject.WEB), List.of("Diagnostic"));
      EventFilter ofType = new EventFilter(List.of(), List.of("UpStarted"));

      assertThat(plan(project, ofWeb)).allMatch(plan -> isAlong("IX_EVENTS_VM", plan));
      assertThat(plan(project, ofType)).allMatch(plan -> isAlong("IX_EVENTS_TYPE", plan));
    }
  }

  /** How H2 says that it takes the rows from the index, in order, and stops when it has enough. */
  private static boolean isAlong(String index, String plan) {
    return plan.contains("PUBLIC." + index + ":") && plan.contains("/* index sorted */");
  }

  private static List<String> plan(OpenProject project, EventFilter filter) {
    EventPath path = EventPath.of(filter).get(0);
    return Stream.of(path.after("seq, fields", 1_000).replace("?", "17"), path.newest(50))
        .map(query -> project.column("EXPLAIN " + query).get(0))
        .toList();
  }

  @Test
  void aMomentIsFoundByTheTimesOfTheEvents() throws InterruptedException {
    List<Instant> times = new ArrayList<>();
    try (OpenProject project = OpenProject.in(folder)) {
      for (int i = 0; i < 9; i++) {
        publish(project, OpenProject.WEB, 1, "one");
        times.add(project.delivered.get(i).ts());
        Thread.sleep(2);
      }
    }

    for (int i = 0; i < times.size(); i++) {
      assertThat(reader().before(times.get(i))).isEqualTo(i);
      assertThat(reader().before(times.get(i).plusNanos(1_000))).isEqualTo(i + 1L);
    }
  }

  @Test
  void aLogThatEndsBeforeWhatWasSeenLastIsAnError() {
    try (OpenProject project = OpenProject.in(folder)) {
      publish(project, OpenProject.WEB, 3, "x");
    }

    assertThat(reader().after(3, ALL).events()).isEmpty();
    assertThatThrownBy(() -> reader().after(4, ALL))
        .isInstanceOf(CastraException.class)
        .hasMessage("There is no event 4 to go on after: the newest one is 3.");
  }

  @Test
  void theRecordIsOnlyOpenedWhenSomebodyMayHaveWritten() {
    RecordWatch watch = new RecordWatch(OpenProject.rootIn(folder));
    assertThat(watch.mayHaveChanged()).isTrue();
    assertThat(watch.mayHaveChanged()).isFalse();
    try (OpenProject project = OpenProject.in(folder)) {
      assertThat(watch.mayHaveChanged()).isTrue();
      assertThat(watch.mayHaveChanged()).isTrue();
      publish(project, OpenProject.WEB, 1, "x");
    }
    assertThat(watch.mayHaveChanged()).isTrue();
    assertThat(watch.mayHaveChanged()).isFalse();
    reader().after(0, ALL);
    assertThat(watch.mayHaveChanged()).isFalse();

    OpenProject.in(folder).close();

    assertThat(watch.mayHaveChanged()).isTrue();
    assertThat(watch.mayHaveChanged()).isFalse();
  }

  private static List<VmName> vms(VmName... vms) {
    return List.of(vms);
  }
}
