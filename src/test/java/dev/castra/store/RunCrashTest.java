package dev.castra.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.process.Deadline;
import dev.castra.process.JavaChild;
import dev.castra.process.Ticker;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What SIGKILL leaves of runs, stamps and their events. */
final class RunCrashTest {
  private static final int ROUNDS = 20;

  /** Queries that find something only where one fact says what another denies. */
  private static final List<String> CONTRADICTIONS =
      List.of(
          // A stamp without its run or its event.
          "SELECT s.run_id FROM stamps s WHERE NOT EXISTS (SELECT 1 FROM runs r"
              + " WHERE r.run_id = s.run_id AND r.status = 'success'"
              + " AND r.bootstrap_artifact_hash = s.bootstrap_artifact_hash)",
          "SELECT s.run_id FROM stamps s WHERE NOT EXISTS (SELECT 1 FROM events e"
              + " WHERE e.run_id = s.run_id AND e.type = 'BootstrapCompleted')",
          // A success without exactly one event and five steps.
          "SELECT r.run_id FROM runs r WHERE r.status = 'success' AND (SELECT COUNT(*) FROM events e"
              + " WHERE e.run_id = r.run_id AND e.type = 'BootstrapCompleted') <> 1",
          "SELECT r.run_id FROM runs r WHERE r.status = 'success'"
              + " AND (SELECT COUNT(*) FROM step_logs l WHERE l.run_id = r.run_id) <> 5",
          // An event without its success.
          "SELECT e.seq FROM events e JOIN runs r ON r.run_id = e.run_id"
              + " WHERE e.type = 'BootstrapCompleted' AND r.status <> 'success'",
          // The newest success of an artifact without the stamp.
          "SELECT MAX(r.run_id) FROM runs r WHERE r.status = 'success'"
              + " GROUP BY r.bootstrap_artifact_hash HAVING MAX(r.run_id) <> (SELECT s.run_id"
              + " FROM stamps s WHERE s.bootstrap_artifact_hash = r.bootstrap_artifact_hash)",
          // Pointers that lie.
          "SELECT d.disk_id FROM disks d WHERE d.last_success_run_id <>"
              + " (SELECT MAX(r.run_id) FROM runs r WHERE r.status = 'success')",
          "SELECT v.vm FROM vms v WHERE v.last_run_id <>"
              + " (SELECT MAX(r.run_id) FROM runs r WHERE r.status <> 'running')",
          // Numbers with a gap.
          "SELECT COUNT(*) FROM events HAVING COUNT(*) <> MAX(seq)",
          // Rows that the index has and the table has not, or the reverse.
          "SELECT 1 WHERE (SELECT COUNT(*) FROM runs WHERE vm >= '') <>"
              + " (SELECT COUNT(*) FROM runs USE INDEX () WHERE status > '')");

  @TempDir Path folder;

  @BeforeEach
  void makeADisk() {
    try (OpenProject project = OpenProject.in(folder)) {
      project.newDisk(OpenProject.WEB);
    }
  }

  @Test
  void whatWasToldToBeCompletedIsThereAfterAKill() throws Exception {
    try (JavaChild child = child("complete")) {
      assertThat(child.line()).isEqualTo("completed 1");
      child.kill();
    }

    try (OpenProject project = OpenProject.in(folder)) {
      assertThat(project.column("SELECT status FROM runs")).containsExactly("success");
      assertThat(
              project
                  .runs
                  .facts(project.present(OpenProject.WEB), Optional.of(OpenProject.A.hash()))
                  .stampRun()
                  .map(Object::toString))
          .contains("1");
      assertThat(project.column("SELECT run_id FROM events WHERE type = 'BootstrapCompleted'"))
          .containsExactly("1");
      assertThat(project.column("SELECT last_run_id FROM vms WHERE vm = 'web'"))
          .containsExactly("1");
    }
  }

  @Test
  void aKillInApplyLeavesNoStampAndARunToInterrupt() throws Exception {
    try (JavaChild child = child("apply", "auto")) {
      assertThat(child.line()).isEqualTo("applying 1");
      child.kill();
    }

    try (OpenProject project = OpenProject.in(folder)) {
      assertThat(project.column("SELECT run_id FROM stamps")).isEmpty();
      UnfinishedRun orphan = project.runs.unfinished(OpenProject.WEB).get(0);
      assertThat(orphan.step()).contains(StepKind.APPLY);
      project
          .runs
          .reopen(orphan)
          .failed(RunStatus.INTERRUPTED, OpenProject.failure(StepKind.APPLY), 1);
      assertThat(project.column("SELECT status FROM runs")).containsExactly("interrupted");
      assertThat(
              project.column("SELECT type FROM events WHERE type LIKE 'Bootstrap%ed' ORDER BY seq"))
          .containsExactly("BootstrapStarted", "BootstrapFailed");
    }
  }

  @Test
  void aKillAtAnyMomentLeavesAllOfARunsEndOrNothing() throws Exception {
    Random random = new Random(20260102);
    List<String> acknowledged = new ArrayList<>();
    JavaChild next = start("runs");
    try {
      for (int round = 0; round < ROUNDS; round++) {
        JavaChild victim = next;
        next = start("runs");
        try (victim) {
          acknowledged.addAll(killAtRandom(victim, random));
        }
        // Nobody else has the file open now, so this process has to recover it.
        examine(acknowledged);
      }
    } finally {
      next.close();
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ROUNDS).doesNotHaveDuplicates();
  }

  private static List<String> killAtRandom(JavaChild victim, Random random) throws Exception {
    victim.go();
    assertThat(victim.line()).isEqualTo("open");
    List<String> completed = new ArrayList<>(List.of(victim.line()));
    Duration moment = Duration.ofMillis(random.nextInt(120));
    Deadline deadline = Deadline.after(Ticker.system(), moment);
    Ticker.system().sleep(deadline.remaining());
    victim.kill();
    completed.addAll(victim.rest());
    return completed;
  }

  private void examine(List<String> acknowledged) {
    try (OpenProject project = OpenProject.in(folder)) {
      assertThat(project.column("SELECT 'completed ' || run_id FROM runs WHERE status = 'success'"))
          .containsAll(acknowledged)
          .doesNotHaveDuplicates();
      for (String contradiction : CONTRADICTIONS) {
        assertThat(project.column(contradiction)).as(contradiction).isEmpty();
      }
    }
  }

  private JavaChild child(String... words) throws Exception {
    JavaChild child = start(words);
    assertThat(child.line()).isEqualTo("open");
    return child;
  }

  private JavaChild start(String... words) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(folder.toString()));
    arguments.addAll(List.of(words));
    return JavaChild.start(StoreChild.class, arguments.toArray(String[]::new));
  }
}
