package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.contract.Schemas;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.Json;
import dev.castra.process.Ticker;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryTest {
  private static final VmName WEB = RecordedProject.WEB;
  private static final VmName DB = RecordedProject.DB;

  @TempDir Path folder;
  private RecordedProject project;

  @BeforeEach
  void write() {
    project = new RecordedProject(folder);
  }

  @Test
  void beforeTheFirstUpThereAreNoRunsAndNothingIsMade() {
    assertThat(runs("web", "", "", 20)).isEmpty();
    assertThat(folder.resolve(".castra")).doesNotExist();
  }

  @Test
  void theNewestRunComesFirstAndTheOlderOnesAreCounted() throws InterruptedException {
    prepare(WEB, DB);
    List<RunId> runs =
        List.of(
            project.succeed(WEB),
            project.fail(DB, Trigger.ALWAYS, StepKind.APPLY),
            project.succeed(WEB),
            project.succeed(WEB));

    assertThat(runs("", "", "", 20))
        .containsExactly(runs.get(3), runs.get(2), runs.get(1), runs.get(0));
    HistoryReport cut = list("", "", "", 3);
    assertThat(cut.runs()).hasSize(3);
    assertThat(cut.more()).isEqualTo(1);
    HistoryReport cutOfWeb = list("web", "", "", 1);
    assertThat(cutOfWeb.runs()).extracting(RunEntry::run).containsExactly(runs.get(3));
    assertThat(cutOfWeb.more()).isEqualTo(2);
    assertThat(list("web", "", "", 3).more()).isZero();
  }

  @Test
  void aRunTellsWhyItWasStartedAndWhereItFailed() throws InterruptedException {
    prepare(DB);
    project.fail(DB, Trigger.ALWAYS, StepKind.CONNECT);

    RunEntry run = list("db", "", "", 1).runs().get(0);

    assertThat(run.status()).isEqualTo(RunStatus.FAILED);
    assertThat(run.trigger()).isEqualTo(Trigger.ALWAYS);
    assertThat(run.reason()).isEqualTo("because");
    assertThat(run.failedStep()).contains("connect");
    assertThat(run.error()).contains("It failed.");
    assertThat(run.durationMs()).contains(5L);
    assertThat(run.currentStep()).isEmpty();
  }

  @Test
  void aVmThatLeftTheConfigurationIsStillFoundByItsNameAndItsRole() throws InterruptedException {
    prepare(WEB, DB);
    RunId run = project.succeed(WEB);
    project.file("castra.toml", RecordedProject.vm("db"));

    assertThat(runs("web", "", "", 20)).containsExactly(run);
    assertThat(runs("", "", "", 20)).containsExactly(run);
  }

  @Test
  void aRoleStandsForAllItsVmsWhetherTheConfigurationStillHasThemOrNot()
      throws InterruptedException {
    project.file("castra.toml", RecordedProject.vm("api") + "count = 3\n");
    project.file("bootstrap/api/run.sh", "true");
    VmName first = new VmName("api-0");
    VmName third = new VmName("api-2");
    prepare(first, third);
    List<RunId> runs = List.of(project.succeed(third), project.succeed(first));
    project.file("castra.toml", RecordedProject.vm("api") + "count = 1\n");

    assertThat(runs("api", "", "", 20)).containsExactly(runs.get(1), runs.get(0));
    assertThat(list("api", "", "", 1).more()).isEqualTo(1);
    assertThat(runs("api-2", "", "", 20)).containsExactly(runs.get(0));
  }

  @Test
  void runsAreFoundByHowTheyEnded() throws InterruptedException {
    prepare(WEB, DB);
    RunId success = project.succeed(WEB);
    RunId failed = project.fail(WEB, Trigger.AUTO, StepKind.VERIFY);
    project.succeed(DB);

    assertThat(runs("", "Failed", "", 20)).containsExactly(failed);
    assertThat(runs("web", "success", "", 20)).containsExactly(success);
    assertThat(runs("", "noop", "", 20)).isEmpty();
  }

  @Test
  void aRunIsRunningWhileItsDoerLivesAndInterruptedOnceItIsGone() throws InterruptedException {
    prepare(WEB);
    RunId run =
        project.during(
            session -> {
              try (VmClaims.Claim claim = session.claims().tryClaim(WEB).orElseThrow()) {
                claim.announce();
                RunId begun = project.start(session, WEB, Trigger.AUTO).id();
                assertThat(runs("", "running", "", 20)).containsExactly(begun);
                assertThat(runs("", "interrupted", "", 20)).isEmpty();
                assertThat(list("web", "", "", 1).runs().get(0).durationMs()).isPresent();
                return begun;
              }
            });

    assertThat(runs("", "running", "", 20)).isEmpty();
    assertThat(runs("", "interrupted", "", 20)).containsExactly(run);
    RunEntry left = list("web", "", "", 1).runs().get(0);
    assertThat(left.status()).isEqualTo(RunStatus.INTERRUPTED);
    assertThat(left.durationMs()).isEmpty();
  }

  @Test
  void runsAreFoundByTheirAgeOrTime() throws InterruptedException {
    prepare(WEB);
    RunId run = project.succeed(WEB);
    Host inThreeDays =
        new Host(Map.of(), Clock.offset(Clock.systemUTC(), Duration.ofDays(3)), Ticker.system());
    History later = new History(project.load(), inThreeDays);

    assertThat(later.list(question("web", "", "2d", 20)).runs()).isEmpty();
    assertThat(later.list(question("web", "", "1w", 20)).runs()).hasSize(1);
    assertThat(runs("", "", "2026-01-01", 20)).containsExactly(run);
    assertThat(runs("", "", "9999-01-01T00:00:00Z", 20)).isEmpty();
  }

  @Test
  void aQuestionThatMakesNoSenseIsAnsweredWithWhatWould() {
    assertRefused(question("nowhere", "", "", 20), ErrorCode.VM_NOT_FOUND, "web, db");
    assertRefused(
        question("", "broken", "", 20),
        ErrorCode.USAGE,
        "running, success, noop, failed, interrupted");
    assertRefused(question("", "", "yesterday", 20), ErrorCode.USAGE, "30m, 12h, 2d or 1w");
    assertRefused(question("", "", "", 0), ErrorCode.USAGE, "20 runs");
  }

  private void assertRefused(History.Question question, ErrorCode code, String hint) {
    assertThatThrownBy(() -> new History(project.load(), Host.real()).list(question))
        .isInstanceOfSatisfying(
            CastraException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(code);
              assertThat(refusal.hint()).contains(hint);
            });
  }

  private void prepare(VmName... vms) throws InterruptedException {
    for (VmName vm : vms) {
      project.newDisk(vm);
    }
  }

  private List<RunId> runs(String vm, String status, String since, int limit) {
    return list(vm, status, since, limit).runs().stream().map(RunEntry::run).toList();
  }

  private HistoryReport list(String vm, String status, String since, int limit) {
    HistoryReport report =
        new History(project.load(), Host.real()).list(question(vm, status, since, limit));
    Schemas.valid(Json.compact(report.fields()));
    return report;
  }

  private static History.Question question(String vm, String status, String since, int limit) {
    return new History.Question(given(vm), given(status), given(since), limit);
  }

  private static Optional<String> given(String word) {
    return Optional.of(word).filter(text -> !text.isEmpty());
  }
}
