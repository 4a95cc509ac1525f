package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.event.Outcome;
import dev.castra.event.RecordedEvent;
import dev.castra.guest.SshGuestServer;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import dev.castra.run.OutcomeStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /** The connection is cut while a program of the step runs in the guest. */
  @ParameterizedTest
  @CsvSource({"CONNECT, uname", "TRANSFER, tar", "VERIFY, sync"})
  void aConnectionCutWithinAStepFailsItAndTheNextUpRunsIt(StepKind step, String program)
      throws IOException, InterruptedException {
    Path here = folder.resolve("here");
    Path go = folder.resolve("go");
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path slow =
        Files.writeString(
            bin.resolve(program),
            "#!/bin/sh\ntouch %s\nuntil [ -e %s ]; do sleep 0.05; done\nPATH=%s exec %s \"$@\"\n"
                .formatted(here, go, System.getenv("PATH"), program));
    Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rwx------"));
    guest.setEnvironment(Map.of("PATH", bin + ":" + System.getenv("PATH")));
    FutureTask<Up.Result> up = new FutureTask<>(() -> project.up());
    Thread thread = new Thread(up, "disturbed-up");
    thread.setDaemon(true);
    thread.start();
    await(here);

    guest.dropConnections();
    Outcome cut = get(up).outcomes().get(0);
    Files.createFile(go);

    assertThat(cut.failure().orElseThrow().step()).contains(step.id());
    assertThat(cut.run()).isPresent();
    assertThat(project.told(CastraEvent.BootstrapFailed.class, "web")).hasSize(1);
    assertThat(project.told(CastraEvent.BootstrapStep.class, "web"))
        .hasSize(step.ordinal() + 1)
        .last()
        .satisfies(told -> assertThat(told.step().status()).isEqualTo(StepStatus.FAILED));
    assertThat(logs()).hasSize(2);
    assertThat(project.status("web").stamp()).isEmpty();

    Outcome next = project.up().outcomes().get(0);

    assertThat(next.status()).isEqualTo(OutcomeStatus.Success);
    assertThat(next.reason()).isEqualTo("last run 1 failed at `" + step.id() + "`");
    assertThat(project.status("web").stamp()).isPresent();
  }

  private static void await(Path file) throws InterruptedException {
    Deadline deadline = Deadline.after(Ticker.system(), Duration.ofSeconds(60));
    Backoff backoff = Backoff.standard();
    while (!Files.exists(file)) {
      assertThat(deadline.passed()).as("no %s", file).isFalse();
      backoff.pause(deadline);
    }
  }

  private static Up.Result get(FutureTask<Up.Result> up) throws InterruptedException {
    try {
      return up.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** The user presses Ctrl-C as soon as this step has ended. */
  @ParameterizedTest
  @EnumSource(StepKind.class)
  void aRunInterruptedBetweenStepsEndsAtTheOneThatWasTold(StepKind after)
      throws IOException, InterruptedException {
    Outcome interrupted =
        up(
            Host.real(),
            event -> {
              project.events.add(event);
              if (event.event() instanceof CastraEvent.BootstrapStep step
                  && step.step().step() == after) {
                project.cancellation.request("interrupted by a test");
              }
            });

    assertThat(interrupted.failure().flatMap(Outcome.Failure::step)).contains(after.id());
    assertThat(project.told(CastraEvent.BootstrapStep.class, "web"))
        .extracting(told -> told.step().step())
        .last()
        .isEqualTo(after);
    assertThat(project.told(CastraEvent.BootstrapFailed.class, "web"))
        .extracting(CastraEvent.BootstrapFailed::step)
        .containsExactly(Optional.of(after.id()));
  }

  @Test
  void theReasonIsTheSameWhereverItIsTold() throws IOException, InterruptedException {
    assertThat(reasons(project.up())).containsOnly("the machine is new");
    assertThat(reasons(project.up())).containsOnly("unchanged since run 1");
    project.script("web", "exit 3\n");

    List<String> ofFailure = reasons(project.up());

    assertThat(ofFailure).hasSize(4).allMatch(reason -> reason.startsWith("script changed ("));
    assertThat(Set.copyOf(ofFailure)).hasSize(1);
    assertThat(Set.copyOf(reasons(project.up()))).containsExactly("last run 2 failed at `apply`");
  }

  /** Of the plan, the run's start and row, the completion and the outcome, as far as there are. */
  private List<String> reasons(Up.Result up) throws IOException {
    Outcome outcome = up.outcomes().get(0);
    List<String> reasons = new ArrayList<>(List.of(outcome.reason()));
    project.told(CastraEvent.BootstrapPlanned.class, "web").forEach(e -> reasons.add(e.reason()));
    project.told(CastraEvent.BootstrapStarted.class, "web").forEach(e -> reasons.add(e.reason()));
    project.told(CastraEvent.BootstrapCompleted.class, "web").forEach(e -> reasons.add(e.reason()));
    if (outcome.run().isPresent()) {
      reasons.add(
          ShowRun.find(project.load().stateRoot(), Host.real(), outcome.run().get().value())
              .run()
              .reason());
    }
    return reasons;
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
