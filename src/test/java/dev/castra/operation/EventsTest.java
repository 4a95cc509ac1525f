package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.cli.Main;
import dev.castra.contract.Schemas;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.StoredEvent;
import dev.castra.process.JavaChild;
import dev.castra.project.Retention;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class EventsTest {
  @TempDir Path folder;
  private RecordedProject project;

  @BeforeEach
  void write() {
    project = new RecordedProject(folder);
  }

  @Test
  void theNewestFiftyAreToldUnlessABeginningIsNamed() throws InterruptedException {
    remark(70);

    assertThat(told("")).containsExactlyElementsOf(sequence(21, 70));
    assertThat(told("0")).containsExactlyElementsOf(sequence(1, 70));
    assertThat(told("68")).containsExactly(69L, 70L);
    assertThat(told("70")).isEmpty();
    assertThat(told("1h")).hasSize(70);
    assertThat(told("0s")).isEmpty();
  }

  @Test
  void aRoleAndTypesInAnyCaseAreUnderstood() throws InterruptedException {
    project.newDisk(RecordedProject.WEB);
    project.newDisk(RecordedProject.DB);
    remark(1);

    assertThat(told(new Events.Question(since("0"), List.of("db"), List.of(), false)))
        .containsExactly(2L);
    assertThat(
            told(
                new Events.Question(
                    since("0"), List.of(), List.of("diskcreated", "Diagnostic"), false)))
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void aQuestionThatMakesNoSenseIsAnsweredWithWhatWould() {
    assertRefused(
        new Events.Question(since("soon"), List.of(), List.of(), false),
        ErrorCode.USAGE,
        "30m, 12h");
    assertRefused(
        new Events.Question(Optional.empty(), List.of("nowhere"), List.of(), false),
        ErrorCode.VM_NOT_FOUND,
        "web, db");
    assertRefused(
        new Events.Question(Optional.empty(), List.of(), List.of("Boot"), false),
        ErrorCode.USAGE,
        "BootstrapStep");
  }

  @Test
  void aFollowerThatBeganBeforeTheRecordLivesThroughManyOwnersWithoutGapOrDuplicate()
      throws Exception {
    int owners = 12;
    int each = 7;
    List<Long> seen = new ArrayList<>();
    // A process of its own: in this one H2 would take the reader's database for the owner's.
    try (JavaChild follower =
        JavaChild.start(
            Main.class,
            "events",
            "--follow",
            "--json",
            "--since",
            "0",
            "--config",
            folder.toString())) {
      for (int i = 0; i < owners; i++) {
        remark(each);
      }
      while (seen.size() < owners * each) {
        seen.add(Schemas.valid(follower.line()).get("seq").asLong());
      }
    }

    assertThat(seen).containsExactlyElementsOf(sequence(1, owners * each));
  }

  @Test
  void aFollowerGoesOnWhenWhatItHasReadIsForgotten() throws Exception {
    List<Long> seen = new ArrayList<>();
    try (JavaChild follower =
        JavaChild.start(
            Main.class,
            "events",
            "--follow",
            "--json",
            "--since",
            "0",
            "--config",
            folder.toString())) {
      remark(3);
      remark(1);
      while (seen.size() < 4) {
        seen.add(Schemas.valid(follower.line()).get("seq").asLong());
      }
      Host now = Host.real();
      Host later =
          new Host(now.environment(), Clock.offset(now.clock(), Duration.ofDays(2)), now.ticker());
      PruneReport report =
          new Prune(project.load(), later, new Retention(OptionalInt.empty(), OptionalInt.of(1)))
              .run(new CommandLineInfo("castra history prune", "test"));
      assertThat(report.events()).isEqualTo(3);
      remark(3);
      while (seen.size() < 7) {
        seen.add(Schemas.valid(follower.line()).get("seq").asLong());
      }
    }

    assertThat(seen).containsExactlyElementsOf(sequence(1, 7));
    assertThat(told("0")).containsExactlyElementsOf(sequence(4, 7));
  }

  private void remark(int count) throws InterruptedException {
    project.change(
        session ->
            session
                .events()
                .publish(
                    IntStream.range(0, count)
                        .mapToObj(i -> remark("number " + i))
                        .toArray(CastraEvent[]::new)));
  }

  private static CastraEvent remark(String text) {
    return new CastraEvent.Diagnostic(Optional.<VmName>empty(), "info", "remark", text);
  }

  private static List<Long> sequence(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  private static Optional<String> since(String text) {
    return Optional.of(text).filter(given -> !given.isEmpty());
  }

  private List<Long> told(String since) throws InterruptedException {
    return told(new Events.Question(since(since), List.of(), List.of(), false));
  }

  private List<Long> told(Events.Question question) throws InterruptedException {
    List<Long> told = new ArrayList<>();
    tell(
        question,
        events -> {
          events.forEach(event -> Schemas.valid(event.json()));
          return told.addAll(events.stream().map(StoredEvent::seq).toList());
        });
    return told;
  }

  private void tell(Events.Question question, Predicate<List<StoredEvent>> listener)
      throws InterruptedException {
    new Events(project.load(), Host.real()).tell(question, listener);
  }

  private void assertRefused(Events.Question question, ErrorCode code, String hint) {
    assertThatThrownBy(() -> told(question))
        .isInstanceOfSatisfying(
            CastraException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(code);
              assertThat(refusal.hint()).contains(hint);
            });
  }
}
