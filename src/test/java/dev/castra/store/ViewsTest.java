package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.bootstrap.Artifact;
import dev.castra.bootstrap.Manifest;
import dev.castra.bootstrap.ManifestEntry;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the views for people show. */
final class ViewsTest {
  private static final String STAMPS = "SELECT vm || ' ' || run_id FROM v_current_stamps";

  @TempDir Path folder;
  private OpenProject project;

  @BeforeEach
  void open() {
    project = OpenProject.in(folder);
    project.newDisk(OpenProject.WEB);
  }

  @AfterEach
  void close() {
    project.close();
  }

  private OpenRun start(Artifact artifact, Trigger trigger) {
    return project.start(project.present(OpenProject.WEB), artifact, trigger);
  }

  @Test
  void theHistoryHasEveryRunWithItsCommand() {
    project.succeed(OpenProject.WEB, OpenProject.A);
    OpenProject.failAt(start(OpenProject.B, Trigger.ALWAYS), StepKind.VERIFY);
    start(OpenProject.B, Trigger.AUTO);

    assertThat(
            project.column(
                "SELECT CONCAT_WS(' ', run_id, vm, role, run_trigger, status, failed_step,"
                    + " duration_ms, command) FROM v_run_history ORDER BY run_id"))
        .containsExactly(
            "1 web web auto success 5 castra up",
            "2 web web always failed verify 7 castra up",
            "3 web web auto running castra up");
    assertThat(project.column("SELECT CONCAT_WS(' ', run_id, failed_step, error) FROM v_failures"))
        .containsExactly("2 verify The script exited with 3.");
  }

  @Test
  void stepsComeWithTheirRun() {
    project.succeed(OpenProject.WEB, OpenProject.A);

    assertThat(
            project.column(
                "SELECT CONCAT_WS(' ', run_id, vm, position, step, status, run_status)"
                    + " FROM v_step_durations ORDER BY run_id, position"))
        .startsWith("1 web 0 wait-handshake success success")
        .endsWith("1 web 4 verify success success")
        .hasSize(5);
  }

  @Test
  void aStampCountsWhileItIsTheNewestOnThePresentDisk() {
    project.succeed(OpenProject.WEB, OpenProject.A);
    assertThat(project.column(STAMPS)).containsExactly("web 1");

    project.succeed(OpenProject.WEB, OpenProject.B);
    assertThat(project.column("SELECT run_id FROM stamps ORDER BY run_id"))
        .containsExactly("1", "2");
    assertThat(project.column(STAMPS)).containsExactly("web 2");

    project.newDisk(OpenProject.WEB);
    assertThat(project.column(STAMPS)).isEmpty();
  }

  @Test
  void aStampDoesNotCountOnceAScriptBeganOrAForcedRunFailed() {
    project.succeed(OpenProject.WEB, OpenProject.A);

    OpenRun forced = start(OpenProject.A, Trigger.ALWAYS);
    forced.stepStarted(StepKind.TRANSFER);
    assertThat(project.column(STAMPS)).containsExactly("web 1");
    forced.stepStarted(StepKind.APPLY);
    assertThat(project.column(STAMPS)).isEmpty();

    OpenProject.failAt(start(OpenProject.A, Trigger.ALWAYS), StepKind.APPLY);
    assertThat(project.column("SELECT vm FROM stamps WHERE withdrawn_at IS NULL")).isEmpty();
    assertThat(project.column(STAMPS)).isEmpty();
  }

  @Test
  void everyVmHasOneRow() {
    project.succeed(OpenProject.WEB, OpenProject.A);
    start(OpenProject.B, Trigger.AUTO).stepStarted(StepKind.CONNECT);

    assertThat(
            project.column(
                "SELECT CONCAT_WS(' ', vm, last_run_id, last_status, stamp_run_id, current_run_id,"
                    + " current_step) FROM v_vms ORDER BY position"))
        .containsExactly("web 1 success 1 2 connect", "db");
  }

  @Test
  void eventsComeInOrderWithTheirCommand() {
    project.succeed(OpenProject.WEB, OpenProject.A);

    assertThat(
            project.column(
                "SELECT CONCAT_WS(' ', type, vm, run_id, command) FROM v_events ORDER BY seq"))
        .contains("BootstrapStarted web 1 castra up")
        .endsWith("BootstrapCompleted web 1 castra up");
  }

  @Test
  void changesOfTheArtifactAreToldFromRunToRun() {
    project.succeed(OpenProject.WEB, of("one", entry("run.sh", "a"), entry("old", "x")));
    project.succeed(OpenProject.WEB, of("one", entry("run.sh", "a"), entry("old", "x")));
    project.succeed(OpenProject.WEB, of("two", entry("run.sh", "b"), entry("new", "x")));

    assertThat(
            project.column(
                "SELECT CONCAT_WS(' ', run_id, vm, since_run_id, change, kind, name)"
                    + " FROM v_artifact_changes ORDER BY name"))
        .containsExactly(
            "3 web 2 added file new", "3 web 2 removed file old", "3 web 2 changed file run.sh");
  }

  private static ManifestEntry entry(String name, String content) {
    return new ManifestEntry(
        ManifestEntry.Kind.FILE, name, 0644, content.length(), OpenProject.sha256(content));
  }

  private static Artifact of(String name, ManifestEntry... entries) {
    return new Artifact(
        OpenProject.sha256(name),
        new Manifest(List.of(entries)),
        OpenProject.A.spec(),
        Path.of("run.sh"),
        List.of(),
        0);
  }
}
