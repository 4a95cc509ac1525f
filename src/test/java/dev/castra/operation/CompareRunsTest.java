package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.contract.Schemas;
import dev.castra.error.CastraException;
import dev.castra.event.Json;
import dev.castra.run.RunId;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompareRunsTest {
  private static final VmName WEB = RecordedProject.WEB;

  @TempDir Path folder;
  private RecordedProject project;

  @BeforeEach
  void write() throws InterruptedException {
    project = new RecordedProject(folder);
    project.newDisk(WEB);
  }

  @Test
  void whatTheArtifactsDoNotHaveAlikeIsToldAndSecretsAreNot() throws InterruptedException {
    project.config("", "env = { TOKEN = \"first secret\", OLD = \"x\" }\n");
    RunId left = project.succeed(WEB);
    project.file("bootstrap/web/payload/app.env", "COLOUR=blue\n");
    project.file("bootstrap/web/payload/new", "");
    project.config("", "env = { TOKEN = \"second secret\" }\n");
    RunId right = project.succeed(WEB);

    RunDiff diff = diff(left, right);

    assertThat(diff.changes())
        .extracting(change -> change.what() + " " + change.kind() + " " + change.name())
        .containsExactlyInAnyOrder(
            "changed file app.env", "added file new", "changed env TOKEN", "removed env OLD");
    assertThat(diff.changes())
        .filteredOn(change -> change.kind().equals("env"))
        .allSatisfy(
            change ->
                assertThat(change.left().orElseThrow())
                    .isEqualTo(
                        new RunDiff.Side(Optional.empty(), Optional.empty(), Optional.empty())));
    assertThat(Json.compact(diff.fields())).doesNotContain("secret");
  }

  @Test
  void stepsStandSideBySideAlsoThoseThatOnlyOneRunCameTo() throws InterruptedException {
    RunId left = project.succeed(WEB, 400, 30, 20, 700, 10);
    RunId right = project.succeed(WEB, 500, 30);

    RunDiff diff = diff(left, right);

    assertThat(diff.steps()).extracting(RunDiff.Step::step).hasSize(5).startsWith("wait-handshake");
    assertThat(diff.steps().get(0).right()).contains(new RunDiff.Taken("success", 500));
    assertThat(diff.steps().get(3).right()).isEmpty();
    assertThat(diff.changes()).isEmpty();
  }

  @Test
  void aRunThatNeverCameToAStepHasNone() throws InterruptedException {
    RunId left = project.fail(WEB, Trigger.AUTO, StepKind.CONNECT);

    assertThat(diff(left, left).steps()).isEmpty();
  }

  @Test
  void aRunThatThereIsNotIsRefused() throws InterruptedException {
    RunId run = project.succeed(WEB);

    assertThatThrownBy(() -> diff(run, new RunId(99)))
        .isInstanceOf(CastraException.class)
        .hasMessage("There is no run 99.");
  }

  private RunDiff diff(RunId left, RunId right) {
    RunDiff diff = new CompareRuns(project.load(), Host.real()).of(left.value(), right.value());
    Schemas.valid(Json.compact(diff.fields()));
    return diff;
  }
}
