package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.contract.Schemas;
import dev.castra.event.Json;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.store.OpenRun;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MeasureStepsTest {
  private static final VmName WEB = RecordedProject.WEB;
  private static final VmName DB = RecordedProject.DB;

  @TempDir Path folder;
  private RecordedProject project;

  @BeforeEach
  void write() throws InterruptedException {
    project = new RecordedProject(folder);
    project.newDisk(WEB);
  }

  @Test
  void withoutRunsThereIsNothingToMeasure() {
    assertThat(stats("web").steps()).isEmpty();
  }

  @Test
  void percentilesAreDurationsThatThereWere() throws InterruptedException {
    apply(StepStatus.SUCCESS, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000);

    StepStats.Step apply = only(stats("web"));

    assertThat(apply.count()).isEqualTo(10);
    assertThat(apply.p50Ms()).isEqualTo(500);
    assertThat(apply.p95Ms()).isEqualTo(1_000);
    assertThat(apply.maxMs()).isEqualTo(1_000);
    assertThat(apply.trend()).isEmpty();
  }

  @Test
  void failuresCountAndSkippedStepsDoNot() throws InterruptedException {
    apply(StepStatus.SUCCESS, 100, 100);
    apply(StepStatus.FAILED, 7_000);
    apply(StepStatus.SKIPPED, 0, 0, 0, 0);

    StepStats.Step apply = only(stats("web"));

    assertThat(apply.count()).isEqualTo(3);
    assertThat(apply.failed()).isEqualTo(1);
    assertThat(apply.failurePercent()).isEqualTo(33);
    assertThat(apply.p50Ms()).isEqualTo(100);
    assertThat(apply.maxMs()).isEqualTo(7_000);
  }

  @Test
  void theTrendHoldsTheLastTenAgainstAllBefore() throws InterruptedException {
    apply(StepStatus.SUCCESS, 900, 100, 100);
    apply(StepStatus.SUCCESS, 150, 150, 150, 150, 150, 150, 150, 150, 150, 1);

    StepStats.Trend trend = only(stats("web")).trend().orElseThrow();

    assertThat(trend).isEqualTo(new StepStats.Trend(150, 100));
    assertThat(trend.percentMore()).isEqualTo(50);
  }

  @Test
  void onlyTheRunsOfTheVmAreMeasuredAndTheStepsComeInTheirOrder() throws InterruptedException {
    project.newDisk(DB);
    project.succeed(WEB, 10, 20, 30, 40, 50);
    project.succeed(DB, 1_000);

    assertThat(stats("web").steps())
        .extracting(StepStats.Step::maxMs)
        .containsExactly(10L, 20L, 30L, 40L, 50L);
    assertThat(stats("db").steps())
        .extracting(StepStats.Step::step)
        .containsExactly("wait-handshake");
    assertThat(stats("").steps().get(0).count()).isEqualTo(2);
  }

  private void apply(StepStatus status, long... durationsMs) throws InterruptedException {
    project.change(
        session -> {
          for (long durationMs : durationsMs) {
            OpenRun run = project.start(session, WEB, Trigger.AUTO);
            run.stepEnded(
                new StepRecord(StepKind.APPLY, status, session.events().now(), durationMs, ""));
            run.completed(RunStatus.SUCCESS, 5);
          }
        });
  }

  private static StepStats.Step only(StepStats stats) {
    assertThat(stats.steps()).hasSize(1);
    return stats.steps().get(0);
  }

  private StepStats stats(String vm) {
    StepStats stats =
        new MeasureSteps(project.load(), Host.real())
            .of(Optional.of(vm).filter(name -> !name.isEmpty()));
    Schemas.valid(Json.compact(stats.fields()));
    return stats;
  }
}
