package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.bootstrap.Overrides;
import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.event.Outcome;
import dev.castra.event.RecordedEvent;
import dev.castra.process.JavaChild;
import dev.castra.run.OutcomeStatus;
import dev.castra.store.DiskRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A base image that is written to in place between its hash and the start of QEMU. */
final class ChangedImageTest {
  @TempDir Path folder;
  private final List<CastraEvent> events = new CopyOnWriteArrayList<>();
  private RecordedProject project;

  @BeforeEach
  void write() {
    project = new RecordedProject(folder);
  }

  @Test
  void noDiskIsMadeOnIt() throws Exception {
    Outcome failed = up(this::rewriteOnceThePlanIsTold);

    assertFailed(failed);
    assertThat(failed.failure().orElseThrow().step()).contains("wait-handshake");
    assertThat(told(CastraEvent.BootstrapFailed.class)).hasSize(1);
    assertThat(told(CastraEvent.DiskCreated.class)).isEmpty();
  }

  @Test
  void aDiskThatStandsOnItIsNotBooted() throws Exception {
    DiskRecord disk = project.newDisk(RecordedProject.WEB);
    project.succeed(RecordedProject.WEB);

    Outcome failed = up(this::rewriteOnceThePlanIsTold);

    assertFailed(failed);
    assertThat(told(CastraEvent.BootstrapPlanned.class))
        .extracting(CastraEvent.BootstrapPlanned::action)
        .containsExactly("noop");
    assertThat(project.explain(RecordedProject.WEB).next().reason())
        .startsWith("base image changed (" + disk.baseImageHash().brief() + " to ");
  }

  @Test
  void anUpThatWaitedForAnotherOneDecidesNothingByTheOldHash() throws Exception {
    project.newDisk(RecordedProject.WEB);
    try (JavaChild other =
        JavaChild.start(ClaimingChild.class, folder.resolve("castra.toml").toString(), "web")) {
      assertThat(other.line()).isEqualTo("claimed");

      Outcome failed =
          up(
              event -> {
                if (event.event() instanceof CastraEvent.Diagnostic waiting
                    && waiting.code().equals("waiting")) {
                  project.image((byte) 1);
                  leave(other);
                }
              });

      assertFailed(failed);
      assertThat(told(CastraEvent.BootstrapPlanned.class)).isEmpty();
    }
  }

  private static void leave(JavaChild other) {
    try {
      other.leave();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void rewriteOnceThePlanIsTold(RecordedEvent event) {
    if (event.event() instanceof CastraEvent.BootstrapPlanned) {
      project.image((byte) 1);
    }
  }

  private void assertFailed(Outcome outcome) {
    assertThat(outcome.status()).isEqualTo(OutcomeStatus.Failed);
    Outcome.Failure failure = outcome.failure().orElseThrow();
    assertThat(failure.error()).endsWith("boot.img` changed after it was hashed.");
    assertThat(failure.hint()).contains("run `castra up` again");
    assertThat(told(CastraEvent.VmStarted.class)).isEmpty();
  }

  private Outcome up(EventSink sink) throws InterruptedException {
    Up.Options web =
        new Up.Options(
            Overrides.parse(List.of()), false, List.of("web"), true, Up.Options.plain().jobs());
    return new Up(project.load(), Host.real(), web, new Cancellation())
        .run(
            SshProject.COMMAND,
            event -> {
              events.add(event.event());
              sink.accept(event);
            })
        .outcomes()
        .get(0);
  }

  private <E extends CastraEvent> List<E> told(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
