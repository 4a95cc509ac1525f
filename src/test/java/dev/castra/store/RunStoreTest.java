package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.CastraEvent;
import dev.castra.event.RecordedEvent;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.vm.BootId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunStoreTest {
  @TempDir Path folder;
  private OpenProject project;
  private DiskRecord disk;

  @BeforeEach
  void openWithADisk() {
    project = OpenProject.in(folder);
    disk = project.newDisk(OpenProject.WEB);
    project.delivered.clear();
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void aRunTellsItsWholeStory() {
    OpenRun run = project.succeed(OpenProject.WEB, OpenProject.A);

    assertThat(project.delivered.stream().map(event -> event.event().type()))
        .containsExactly(
            "BootstrapStarted",
            "BootstrapStep",
            "BootstrapStep",
            "BootstrapStep",
            "BootstrapStep",
            "BootstrapStep",
            "BootstrapCompleted");
    assertThat(project.delivered.stream().map(RecordedEvent::event))
        .allMatch(event -> event.run().equals(Optional.of(run.id())));
    assertThat(project.column("SELECT step FROM step_logs ORDER BY position"))
        .containsExactly("wait-handshake", "connect", "transfer", "apply", "verify");
    assertThat(project.column("SELECT duration_ms FROM step_logs"))
        .containsExactly("1", "1", "1", "1", "1");
  }

  @Test
  void theSameAttemptStartsOneRun() {
    RunStart start = OpenProject.startOf(UUID.randomUUID(), disk, OpenProject.A, Trigger.AUTO);

    OpenRun first = project.runs.start(start);
    OpenRun again = project.runs.start(start);

    assertThat(again.id()).isEqualTo(first.id());
    assertThat(project.column("SELECT run_id FROM runs")).containsExactly(first.id().toString());
    assertThat(project.column("SELECT COUNT(*) FROM artifacts")).containsExactly("1");
  }

  @Test
  void aFailedRunHasOneRowAndOneEvent() {
    OpenRun run = project.start(disk, OpenProject.A, Trigger.AUTO);
    run.logsTo(Path.of("/logs/1.json"));
    OpenProject.failAt(run, StepKind.APPLY);

    assertThat(
            project
                .fetch(
                    "SELECT status, failed_step, error_code, error, hint, log_path,"
                        + " duration_ms FROM runs")
                .map(row -> List.of(row.intoArray())))
        .containsExactly(
            List.of(
                "failed",
                "apply",
                "bootstrap-failed",
                "The script exited with 3.",
                "Mend it.",
                "/logs/1.json",
                7L));
    assertThat(project.delivered.stream().map(RecordedEvent::event))
        .filteredOn(event -> event instanceof CastraEvent.BootstrapFailed)
        .containsExactly(
            new CastraEvent.BootstrapFailed(
                OpenProject.WEB,
                run.id(),
                RunStatus.FAILED,
                Optional.of("apply"),
                "The script exited with 3.",
                "Mend it.",
                7,
                Optional.of("/logs/1.json")));
    assertThat(project.column("SELECT COUNT(*) FROM stamps")).containsExactly("0");
  }

  @Test
  void anUnfinishedRunIsFoundAndCanBeEnded() {
    OpenRun run = project.start(disk, OpenProject.A, Trigger.ALWAYS);
    OpenProject.pass(run, StepKind.WAIT_HANDSHAKE);
    run.stepStarted(StepKind.CONNECT);

    UnfinishedRun found = project.runs.unfinished(OpenProject.WEB).get(0);

    assertThat(found.id()).isEqualTo(run.id());
    assertThat(found.trigger()).isEqualTo(Trigger.ALWAYS);
    assertThat(found.step()).contains(StepKind.CONNECT);
    assertThat(found.steps())
        .containsExactly(OpenProject.record(StepKind.WAIT_HANDSHAKE, StepStatus.SUCCESS));
    assertThat(project.runs.unfinished(OpenProject.DB)).isEmpty();

    project
        .runs
        .reopen(found)
        .failed(RunStatus.INTERRUPTED, OpenProject.failure(StepKind.CONNECT), 3);

    assertThat(project.runs.unfinished(OpenProject.WEB)).isEmpty();
    assertThat(project.column("SELECT current_run_id FROM vms WHERE vm = 'web'"))
        .containsExactly("null");
    assertThat(project.column("SELECT last_run_id FROM vms WHERE vm = 'web'"))
        .containsExactly(run.id().toString());
  }

  @Test
  void whatWasInterruptedInTheBootSinceTheLastRunWithAnEndCanBeResumed() {
    BootId boot = BootId.fresh();
    project.boots.planned(boot, OpenProject.WEB, disk.id(), folder, "tcg");
    UUID attempt = UUID.randomUUID();
    OpenRun run =
        project.runs.start(OpenProject.startOf(attempt, disk, OpenProject.A, Trigger.AUTO));
    run.boundTo(boot);
    assertThat(resumable(boot, OpenProject.A)).isEmpty();

    run.failed(RunStatus.INTERRUPTED, OpenProject.failure(StepKind.APPLY), 3);

    assertThat(resumable(boot, OpenProject.A)).containsExactly(attempt);
    assertThat(resumable(boot, OpenProject.B)).isEmpty();
    assertThat(resumable(BootId.fresh(), OpenProject.A)).isEmpty();

    OpenProject.failAt(project.start(disk, OpenProject.A, Trigger.AUTO), StepKind.CONNECT);
    UUID second = UUID.randomUUID();
    OpenRun next =
        project.runs.start(OpenProject.startOf(second, disk, OpenProject.A, Trigger.AUTO));
    next.boundTo(boot);
    next.failed(RunStatus.INTERRUPTED, OpenProject.failure(StepKind.CONNECT), 3);
    assertThat(resumable(boot, OpenProject.A)).containsExactly(second, attempt);

    OpenProject.failAt(project.start(disk, OpenProject.A, Trigger.AUTO), StepKind.TRANSFER);
    assertThat(resumable(boot, OpenProject.A)).isEmpty();
  }

  private List<UUID> resumable(BootId boot, dev.castra.bootstrap.Artifact artifact) {
    return project.runs.interruptedAttempts(disk.id(), Optional.of(boot), artifact.hash());
  }

  @Test
  void longTextsAreCutToFit() {
    RunStart start =
        new RunStart(
            UUID.randomUUID(),
            OpenProject.WEB,
            disk.id(),
            OpenProject.IMAGE,
            OpenProject.A,
            Trigger.AUTO,
            "r".repeat(5_000),
            Optional.empty());
    OpenRun run = project.runs.start(start);
    run.failed(
        RunStatus.FAILED,
        new dev.castra.bootstrap.RunFailure(
            Optional.empty(),
            dev.castra.error.ErrorCode.BOOTSTRAP_FAILED,
            "e".repeat(9_000),
            "h".repeat(9_000)),
        1);

    assertThat(project.column("SELECT LENGTH(error) + LENGTH(hint) + LENGTH(reason) FROM runs"))
        .containsExactly("9000");
  }
}
