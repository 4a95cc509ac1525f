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
