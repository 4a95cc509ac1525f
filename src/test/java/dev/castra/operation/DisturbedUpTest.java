package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.event.Outcome;
import dev.castra.event.RecordedEvent;
import dev.castra.guest.SshGuestServer;
import dev.castra.process.Ticker;
import dev.castra.run.OutcomeStatus;
import dev.castra.run.StepKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens around a bootstrap while it is under way. */
final class DisturbedUpTest {
  @TempDir Path folder;

  private SshProject project;
  private SshGuestServer guest;

  @BeforeEach
  void open() throws IOException {
    project = new SshProject(folder);
    guest = project.add("web");
    project.script("web", "echo ran >>'" + folder + "/ran'\nsleep 0.5\n");
    project.set("web", "verify_path = \"" + folder + "/ran\"");
  }

  @AfterEach
  void close() {
    project.close();
  }

  /** The connection is cut once, as soon as this step has ended. */
  @ParameterizedTest
  @EnumSource(StepKind.class)
  void aConnectionCutBetweenStepsLeavesNothingUnclear(StepKind after)
      throws IOException, InterruptedException {
    AtomicBoolean cut = new AtomicBoolean();
    EventSink cutting =
        event -> {
          project.events.add(event);
          if (event.event() instanceof CastraEvent.BootstrapStep step
              && step.step().step() == after
              && cut.compareAndSet(false, true)) {
            guest.dropConnections();
          }
        };

    Outcome disturbed = up(Host.real(), cutting);

    assertThat(cut).isTrue();
    boolean failed = disturbed.failure().isPresent();
    assertThat(project.told(CastraEvent.BootstrapFailed.class, "web")).hasSize(failed ? 1 : 0);
    assertThat(logs()).hasSize(2);
    assertThat(project.status("web").stamp().isPresent()).isEqualTo(!failed);

    Outcome next = project.up().outcomes().get(0);

    assertThat(next.status()).isEqualTo(failed ? OutcomeStatus.Success : OutcomeStatus.NoOp);
    assertThat(project.status("web").stamp()).isPresent();
  }

  private Outcome up(Host host, EventSink sink) throws IOException, InterruptedException {
    project.events.clear();
    return new Up(project.load(), host, Up.Options.plain(), project.cancellation)
        .run(SshProject.COMMAND, sink)
        .outcomes()
        .get(0);
  }

  private List<Path> logs() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(".castra/logs/bootstrap/web"))) {
      return files.toList();
    }
  }

  @Test
  void aClockThatJumpsBackAnHourChangesNoDecisionAndMakesNoNegativeTimes()
      throws IOException, InterruptedException {
    project.up();
    Clock early = Clock.offset(Clock.systemUTC(), Duration.ofHours(-1));
    Host host = new Host(Map.copyOf(System.getenv()), early, Ticker.system());

    assertThat(up(host, project.events::add).status()).isEqualTo(OutcomeStatus.NoOp);
    project.payload("web", "app.env", "changed");
    assertThat(up(host, project.events::add).status()).isEqualTo(OutcomeStatus.Success);
    assertThat(project.events)
        .extracting(RecordedEvent::event)
        .filteredOn(CastraEvent.BootstrapStep.class::isInstance)
        .allSatisfy(
            step ->
                assertThat(((CastraEvent.BootstrapStep) step).step().durationMs()).isNotNegative());

    StatusReport.Vm status =
        new Status(project.load().stateRoot(), early)
            .of(
                new dev.castra.store.StatusReader(project.load().stateRoot(), Ticker.system())
                    .read()
                    .orElseThrow())
            .vms()
            .get(0);
    assertThat(status.lastRun().orElseThrow().ageMs()).isNotNegative();
    assertThat(project.up().outcomes().get(0).status()).isEqualTo(OutcomeStatus.NoOp);
  }
}
