package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.bootstrap.RunFailure;
import dev.castra.contract.Schemas;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.Json;
import dev.castra.it.Records;
import dev.castra.project.Retention;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.steplog.LogRemoval;
import dev.castra.steplog.RunLog;
import dev.castra.store.OpenRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PruneTest {
  private static final CommandLineInfo COMMAND =
      new CommandLineInfo("castra history prune", "test");

  @TempDir Path folder;

  private RecordedProject project;
  private final List<RunId> failures = new ArrayList<>();

  @BeforeEach
  void fiveFailuresAfterASuccess() throws Exception {
    project = new RecordedProject(folder);
    project.newDisk(RecordedProject.WEB);
    log(project.succeed(RecordedProject.WEB));
    for (int i = 0; i < 5; i++) {
      failures.add(log(fail()));
    }
  }

  private RunId fail() throws InterruptedException {
    return project.fail(RecordedProject.WEB, Trigger.AUTO, StepKind.CONNECT);
  }

  private RunId log(RunId run) throws IOException {
    Files.createDirectories(logs());
    Files.writeString(RunLog.jsonFile(logs(), run), "{}");
    Files.writeString(RunLog.textFile(logs(), run), "hello");
    Files.createDirectories(project.root().reports());
    Files.writeString(report(run), "all of it");
    return run;
  }

  private Path report(RunId run) {
    return project.root().report(RecordedProject.WEB, run.value());
  }

  private Path logs() {
    return project.root().bootstrapLogs(RecordedProject.WEB);
  }

  @Test
  void keepsTheNewestRunsAndWhatAStampStandsOn() throws Exception {
    PruneReport report = prune(OptionalInt.of(2), OptionalInt.empty(), Duration.ofHours(2));

    assertThat(report.runs()).extracting(PruneReport.Run::id).isEqualTo(failures.subList(0, 3));
    assertThat(recorded()).containsExactly(1L, 5L, 6L);
    assertThat(logs().toFile().list())
        .containsExactlyInAnyOrder("1.json", "1.log", "5.json", "5.log", "6.json", "6.log");
    assertThat(project.root().reports().toFile().list())
        .containsExactlyInAnyOrder("web-run-1.tar.gz", "web-run-5.tar.gz", "web-run-6.tar.gz");
    assertThat(project.stamps().stamps()).hasSize(1);
    assertThat(report.events()).isGreaterThan(3);
    assertThat(report.commands()).isPositive();
    assertThat(orphans()).isEmpty();
    Schemas.valid(Json.compact(report.fields()));
  }

  @Test
  void forgetsWhatIsOlderThanTheDaysToKeepButNeverTheNewestRun() throws Exception {
    assertThat(prune(OptionalInt.empty(), OptionalInt.of(30), Duration.ofDays(29)).runs())
        .isEmpty();

    prune(OptionalInt.empty(), OptionalInt.of(30), Duration.ofDays(31));

    assertThat(recorded()).containsExactly(1L, 6L);
  }

  @Test
  void changesNothingWhenItOnlyPlans() throws Exception {
    PruneReport plan =
        new Prune(project.load(), Host.real(), keep(OptionalInt.of(1), OptionalInt.empty()))
            .plan(COMMAND);

    assertThat(plan.runs()).extracting(PruneReport.Run::status).containsOnly(RunStatus.FAILED);
    assertThat(plan.runs()).hasSize(4);
    assertThat(recorded()).hasSize(6);
    assertThat(logs().toFile().list()).hasSize(12);
  }

  @Test
  void keepsInterruptedRunsWhoseScriptMayStillBeTakenOver() throws Exception {
    RunId first = interrupt();
    RunId second = interrupt();

    prune(OptionalInt.of(1), OptionalInt.empty(), Duration.ZERO);

    assertThat(recorded()).contains(first.value(), second.value());
  }

  @Test
  void endsWhatAKilledOneHadBegun() throws Exception {
    RunId undecided = failures.get(4);
    new LogRemoval(logs()).setAside(undecided);
    RunId gone = failures.get(0);
    new LogRemoval(logs()).setAside(gone);
    project.change(session -> session.history().delete(List.of(gone)));

    prune(OptionalInt.of(5), OptionalInt.empty(), Duration.ZERO);

    assertThat(RunLog.textFile(logs(), undecided)).hasContent("hello");
    assertThat(logs().toFile().list()).noneMatch(name -> name.startsWith(gone + "."));
  }

  @Test
  void aReportGoesOrComesBackWithItsRun() throws Exception {
    RunId undecided = failures.get(4);
    RunId gone = failures.get(0);
    for (RunId run : List.of(undecided, gone)) {
      Files.move(report(run), Path.of(report(run) + ".pruned"));
    }
    Path ofAnother = Files.writeString(project.root().reports().resolve("web-2-run-2.tar.gz"), "");
    Path unfinished = Files.writeString(Path.of(report(failures.get(1)) + ".1-2.part"), "");
    project.change(session -> session.history().delete(List.of(gone)));

    prune(OptionalInt.of(1), OptionalInt.empty(), Duration.ZERO);

    assertThat(report(undecided)).hasContent("all of it");
    assertThat(Path.of(report(gone) + ".pruned")).doesNotExist();
    assertThat(unfinished).doesNotExist();
    assertThat(ofAnother).exists();
  }

  @Test
  void mayBeRepeated() throws Exception {
    prune(OptionalInt.of(1), OptionalInt.empty(), Duration.ZERO);

    assertThat(prune(OptionalInt.of(1), OptionalInt.empty(), Duration.ZERO).runs()).isEmpty();
    assertThat(log(fail()).value()).isEqualTo(7);
  }

  @Test
  void wantsToKnowHowMuchToKeep() {
    assertThatThrownBy(() -> prune(OptionalInt.empty(), OptionalInt.empty(), Duration.ZERO))
        .isInstanceOf(CastraException.class)
        .hasMessageContaining("how much history");
  }

  private RunId interrupt() throws InterruptedException {
    return project.during(
        session -> {
          OpenRun run = project.start(session, RecordedProject.WEB, Trigger.AUTO);
          run.stepStarted(StepKind.APPLY);
          run.failed(
              RunStatus.INTERRUPTED,
              new RunFailure(
                  Optional.of(StepKind.APPLY), ErrorCode.INTERRUPTED, "Killed.", "Go on."),
              5);
          return run.id();
        });
  }

  private List<Long> recorded() throws SQLException {
    return records().column("SELECT run_id FROM runs ORDER BY run_id").stream()
        .map(Long::valueOf)
        .toList();
  }

  private List<String> orphans() throws SQLException {
    return records()
        .column(
            "SELECT seq FROM events WHERE run_id IS NOT NULL"
                + " AND run_id NOT IN (SELECT run_id FROM runs)");
  }

  private Records records() {
    return new Records(project.root().database());
  }

  private PruneReport prune(OptionalInt runs, OptionalInt days, Duration later) {
    Host now = Host.real();
    Host host = new Host(now.environment(), Clock.offset(now.clock(), later), now.ticker());
    return new Prune(project.load(), host, keep(runs, days)).run(COMMAND);
  }

  private static Retention keep(OptionalInt runs, OptionalInt days) {
    return new Retention(runs, days);
  }
}
