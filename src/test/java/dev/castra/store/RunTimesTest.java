package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.bootstrap.Artifact;
import dev.castra.process.ProcessIdentity;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.run.UsualTimes;
import dev.castra.vm.BootId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunTimesTest {
  @TempDir Path folder;
  private OpenProject project;

  @BeforeEach
  void open() {
    project = OpenProject.in(folder);
    project.newDisk(OpenProject.WEB);
    project.newDisk(OpenProject.DB);
  }

  @AfterEach
  void close() {
    project.close();
  }

  private Optional<UsualTimes> usual(Artifact artifact, boolean boots) {
    return new RunTimes(project.database).usual(OpenProject.WEB, artifact.hash(), boots);
  }

  private UsualTimes.Step apply(Artifact artifact) {
    return step(usual(artifact, false).orElseThrow(), StepKind.APPLY);
  }

  private static UsualTimes.Step step(UsualTimes usual, StepKind step) {
    return Objects.requireNonNull(usual.steps().get(step));
  }

  private OpenRun begun(Artifact artifact) {
    return project.start(project.present(OpenProject.WEB), artifact, Trigger.AUTO);
  }

  /** Runs that took a second more than their script, which took so many ms. */
  private void ran(Artifact artifact, long... durationsMs) {
    for (long durationMs : durationsMs) {
      OpenRun run = begun(artifact);
      took(run, StepKind.APPLY, StepStatus.SUCCESS, durationMs);
      run.completed(RunStatus.SUCCESS, durationMs + 1_000);
    }
  }

  private static void took(OpenRun run, StepKind step, StepStatus status, long durationMs) {
    run.stepStarted(step);
    run.stepEnded(new StepRecord(step, status, Instant.now(), durationMs, ""));
  }

  @Test
  void whatNeverEndedWellLetsExpectNothing() {
    assertThat(usual(OpenProject.A, false)).isEmpty();

    OpenProject.failAt(begun(OpenProject.A), StepKind.VERIFY);
    begun(OpenProject.A);
    project.succeed(OpenProject.DB, OpenProject.A);

    assertThat(usual(OpenProject.A, false)).isEmpty();
  }

  @Test
  void runsWithTheSameArtifactCountAndOnlyIfThereAreNoneThoseWithAnother() {
    ran(OpenProject.A, 100, 300, 200);

    assertThat(usual(OpenProject.A, false).orElseThrow().durationMs()).hasValue(1_200);
    assertThat(apply(OpenProject.A).p50Ms()).isEqualTo(200);
    assertThat(apply(OpenProject.B).p50Ms()).isEqualTo(200);

    ran(OpenProject.B, 7_000);

    assertThat(apply(OpenProject.A).p50Ms()).isEqualTo(200);
    assertThat(apply(OpenProject.B).p50Ms()).isEqualTo(7_000);
  }

  @Test
  void aPercentileTakesFiveDurations() {
    ran(OpenProject.A, 1, 2, 3, 4);
    assertThat(apply(OpenProject.A).p95Ms()).isEmpty();

    ran(OpenProject.A, 900);
    assertThat(apply(OpenProject.A).p95Ms()).hasValue(900);
  }

  @Test
  void skippedStepsAndOldRunsDoNotCount() {
    ran(OpenProject.A, 80_000);
    for (int i = 0; i < 50; i++) {
      OpenRun run = begun(OpenProject.A);
      took(run, StepKind.APPLY, StepStatus.SUCCESS, 10);
      took(run, StepKind.VERIFY, StepStatus.SKIPPED, 900);
      run.completed(RunStatus.NOOP, 20);
    }

    UsualTimes usual = usual(OpenProject.A, false).orElseThrow();
    assertThat(usual.durationMs()).hasValue(20);
    assertThat(usual.steps()).containsOnlyKeys(StepKind.APPLY);
    assertThat(apply(OpenProject.A).p95Ms()).hasValue(10);
  }

  @Test
  void aBootIsExpectedToTakeAsLongAsOtherBootsOnly() {
    BootId boot = BootId.fresh();
    OpenRun run = begun(OpenProject.A);
    project.boots.planned(
        boot, OpenProject.WEB, project.present(OpenProject.WEB).id(), folder, "tcg");
    project.boots.started(boot, OpenProject.WEB, ProcessIdentity.ofSelf(), "tcg", List.of());
    run.boundTo(boot);
    took(run, StepKind.WAIT_HANDSHAKE, StepStatus.SUCCESS, 15_000);
    took(run, StepKind.APPLY, StepStatus.SUCCESS, 100);
    run.completed(RunStatus.SUCCESS, 15_100);

    UsualTimes booting = usual(OpenProject.A, true).orElseThrow();
    assertThat(booting.durationMs()).hasValue(15_100);
    assertThat(booting.steps()).containsOnlyKeys(StepKind.WAIT_HANDSHAKE, StepKind.APPLY);
    UsualTimes running = usual(OpenProject.A, false).orElseThrow();
    assertThat(running.durationMs()).isEmpty();
    assertThat(running.steps()).containsOnlyKeys(StepKind.APPLY);

    OpenRun again = begun(OpenProject.A);
    again.boundTo(boot);
    took(again, StepKind.WAIT_HANDSHAKE, StepStatus.SUCCESS, 90);
    again.completed(RunStatus.SUCCESS, 200);

    assertThat(usual(OpenProject.A, true)).contains(booting);
    running = usual(OpenProject.A, false).orElseThrow();
    assertThat(running.durationMs()).hasValue(200);
    assertThat(step(running, StepKind.WAIT_HANDSHAKE).p50Ms()).isEqualTo(90);
  }
}
