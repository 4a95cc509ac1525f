package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.event.RecordedEvent;
import dev.castra.event.StoredEvent;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import dev.castra.project.Project;
import dev.castra.run.OutcomeStatus;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.run.UsualTimes;
import dev.castra.store.DiskRecord;
import dev.castra.store.OpenRun;
import dev.castra.store.RunStart;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A machine whose script was quick so far, from its real script to the real database. */
@Timeout(120)
final class SlowStepTest {
  private static final VmName WEB = new VmName("web");

  @TempDir Path folder;
  private SshProject project;

  @BeforeEach
  void open() throws IOException, InterruptedException {
    project = new SshProject(folder);
    project.add("web");
    project.script("web", "true\n");
    project.up();
  }

  @AfterEach
  void close() {
    project.close();
  }

  /** As if the script had been applied so often, in 10 ms each time. */
  private void wasApplied(int times) throws IOException, InterruptedException {
    Project loaded = project.load();
    VmSpec spec = Selection.vm(loaded, "web").orElseThrow();
    VmPlan plan =
        Preflight.inspect(loaded, spec, spec.bootstrap().mode(), Host.real(), new HashMap<>());
    try (ProjectSession session =
        ProjectSession.begin(loaded, Host.real(), SshProject.COMMAND, EventSink.NONE)) {
      DiskRecord disk = session.disks().present(WEB).orElseThrow();
      for (int i = 0; i < times; i++) {
        OpenRun run =
            session
                .runs()
                .start(
                    new RunStart(
                        UUID.randomUUID(),
                        WEB,
                        disk.id(),
                        disk.baseImageHash(),
                        plan.artifact().orElseThrow(),
                        Trigger.ALWAYS,
                        "because",
                        Optional.empty()));
        run.stepStarted(StepKind.APPLY);
        run.stepEnded(
            new StepRecord(StepKind.APPLY, StepStatus.SUCCESS, session.events().now(), 10, "done"));
        run.completed(RunStatus.SUCCESS, 40);
      }
      session.end(0);
    }
  }

  private List<RecordedEvent> callOuts() {
    return project.events.stream()
        .filter(
            event ->
                event.event() instanceof CastraEvent.Diagnostic remark
                    && remark.code().equals("slow-step"))
        .toList();
  }

  @Test
  void isCalledOutOnceWhileItRunsAndInTheRecordAndTheLog() throws Exception {
    wasApplied(5);
    project.script("web", "until [ -e '" + folder + "/go' ]; do sleep 0.05; done\n");

    CompletableFuture<Up.Result> up = CompletableFuture.supplyAsync(this::up);
    Deadline deadline = Deadline.after(Ticker.system(), Duration.ofSeconds(60));
    while (callOuts().isEmpty() && !deadline.passed()) {
      Ticker.system().sleep(Duration.ofMillis(20));
    }
    assertThat(project.told(CastraEvent.BootstrapStep.class, "web"))
        .extracting(step -> step.step().step())
        .containsExactly(StepKind.WAIT_HANDSHAKE, StepKind.CONNECT, StepKind.TRANSFER);
    Files.createFile(folder.resolve("go"));

    assertThat(up.get().outcomes().get(0).status()).isEqualTo(OutcomeStatus.Success);
    assertThat(callOuts()).hasSize(1);
    CastraEvent.Diagnostic told = (CastraEvent.Diagnostic) callOuts().get(0).event();
    assertThat(told.run()).contains(new RunId(7));
    UsualTimes.Slow slow = told.slowStep().orElseThrow().slow();
    assertThat(slow.step()).isEqualTo(StepKind.APPLY);
    assertThat(slow.elapsedMs()).isGreaterThan(3 * slow.p95Ms());
    assertThat(Files.readString(log(7))).contains("castra: warning: " + told.message());
    assertThat(recorded()).containsExactly(callOuts().get(0).seq());
  }

  private List<Long> recorded() throws IOException, InterruptedException {
    List<Long> recorded = new ArrayList<>();
    new Events(project.load(), Host.real())
        .tell(
            new Events.Question(Optional.of("0"), List.of("web"), List.of("Diagnostic"), false),
            events -> recorded.addAll(events.stream().map(StoredEvent::seq).toList()));
    return recorded;
  }

  @Test
  void fewPastRunsAreNoMeasure() throws Exception {
    wasApplied(3);
    project.script("web", "sleep 1.2\n");

    assertThat(up().outcomes().get(0).status()).isEqualTo(OutcomeStatus.Success);
    assertThat(callOuts()).isEmpty();
  }

  @Test
  void theBeginningSaysHowLongItUsuallyTakes() throws Exception {
    assertThat(started().usual()).isEmpty();
    wasApplied(5);
    project.payload("web", "app.env", "two");
    up();

    assertThat(started().fields()).containsEntry("usual_duration_ms", 40L);
  }

  private CastraEvent.BootstrapStarted started() {
    return project.told(CastraEvent.BootstrapStarted.class, "web").get(0);
  }

  private Up.Result up() {
    try {
      return project.up();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path log(int run) {
    return project.directory.resolve(".castra/logs/bootstrap/web/" + run + ".log");
  }
}
