package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** `castra sql` as a process; what boots here never answers. */
final class SqlIT {
  private final CastraProject project;

  SqlIT() throws IOException {
    project = CastraProject.create();
  }

  @BeforeEach
  void describe() throws IOException {
    BootSector.write(project.directory().resolve("boot.img"));
    project.config("[[vms]]\nname = \"web\"\nbase_image = \"boot.img\"\n").script("web", "true");
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    project.close();
  }

  @Test
  void whileAnUpWorksItIsAnsweredAndNothingElse() throws Exception {
    CastraProcess up = project.startUp();
    up.awaitEvent("VmStarted");

    assertThat(
            project
                .run("sql", "--format", "csv", "SELECT vm, claim_pid, current_step FROM v_vms")
                .exitsWith(0)
                .stdout())
        .containsExactly("vm,claim_pid,current_step", "web," + up.pid() + ",wait-handshake");
    Complaint.of(project.run("sql", "UPDATE vms SET cpus = 99"), 64)
        .says("`UPDATE vms SET cpus = 99` is no query")
        .advises("Begin with SELECT");
    Complaint.of(project.run("sql", "SELECT * FROM FINAL TABLE (UPDATE claims SET pid = 1)"), 64)
        .says("only reads", "CLAIMS");
    Complaint.of(
            project.run(
                "sql",
                "--timeout",
                "1s",
                "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 100000) a, SYSTEM_RANGE(1, 100000) b WHERE"
                    + " a.x * b.x < 0"),
            74)
        .says("within 1 s")
        .advises("--timeout");

    assertThat(up.isAlive()).isTrue();
    up.signal("TERM");
    up.end().exitsWith(130);
    assertThat(
            project
                .run("sql", "--format", "json", "SELECT vm, status FROM v_failures")
                .exitsWith(0)
                .stdout())
        .containsExactly("[{\"vm\":\"web\",\"status\":\"interrupted\"}]");
    // It would not power itself off.
    Host.signal("KILL", project.status("web").path("pid").asLong());
  }

  @Test
  void severalStatementsAreAnsweredOneAfterTheOtherUntilOneFails() throws Exception {
    Rehearsed.fill(project);

    CastraResult result =
        project.run("sql", "SELECT 1 AS a; -- two\n SELECT 2 AS b; TABLE x; SELECT 3");

    result.exitsWith(64);
    assertThat(result.stdout())
        .isEqualTo(List.of("a", "-", "1", "(1 row)", "b", "-", "2", "(1 row)"));
    assertThat(result.stderr()).contains("Table \"X\" not found").doesNotContain("Exception");
  }

  @Test
  void badOptionsAndAMissingRecordAreTold() throws Exception {
    Complaint.of(project.run("sql", "SELECT 1"), 66).says("no record").advises("castra up");
    Complaint.of(project.run("sql", "--format", "xml", "SELECT 1"), 64)
        .says("`xml` is none of table, csv, json");
    Complaint.of(project.run("sql", "--timeout", "soon", "SELECT 1"), 64)
        .says("`soon` is no limit");
    Complaint.of(project.run("sql", " ; -- nothing"), 64).says("no statement");
    assertThat(project.stateRoot()).doesNotExist();
  }
}
