package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A disk that fills up while a script runs: from then on none of castra's files can be written
 * beyond a size, as with {@code ulimit -f}, which needs no rights and spares everybody else.
 */
final class FullDiskIT {
  private static final String VM = "web";

  private final SshMachines machines;
  private final CastraProject project;

  FullDiskIT() throws IOException {
    machines = SshMachines.create(List.of(VM));
    project = machines.project();
    machines.open(VM, "verified");
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    machines.close();
  }

  @Test
  void aRunWhoseLogCannotGrowFailsAndTheNextUpConverges()
      throws InterruptedException, IOException, SQLException {
    Path room = machines.folder(VM).resolve("room");
    machines.script(
        VM, machines.waiting(VM, "go") + "\n[ -e " + room + " ] || yes full | head -n 1000000");
    CastraProcess up = project.startUp();
    machines.awaitScripts(VM, 1);
    // The database stays writable, the log of ten megabytes and more does not.
    limitFiles(up, Files.size(database()) + (4 << 20));
    machines.open(VM, "go");
    CastraResult result = up.end().exitsWith(70);

    JsonNode failed = result.event("BootstrapFailed", VM);
    assertThat(failed.path("step").asText()).isEqualTo("apply");
    assertThat(failed.path("error").asText()).contains("run log", "cannot be written");
    assertThat(failed.path("hint").asText()).contains("disk is not full");
    assertThat(project.records().column("SELECT status FROM runs")).containsExactly("failed");
    assertThat(project.records().count("stamps")).isZero();

    Files.createFile(room);
    converges();
    assertThat(machines.witness(VM)).hasSize(2);
  }

  @Test
  void aRunThatTheDatabaseCannotRecordLeavesNoStampAndTheNextUpTakesItOver()
      throws InterruptedException, IOException, SQLException {
    machines.script(VM, machines.waiting(VM, "go"));
    CastraProcess up = project.startUp();
    machines.awaitScripts(VM, 1);
    String run = up.awaitEvent("BootstrapStarted").path("run_id").asText();
    // Less than any database, more than any log of a script that says nothing.
    limitFiles(up, 8 << 10);
    machines.open(VM, "go");
    CastraResult result = up.end().exitsWith(74);

    assertThat(result.stderr())
        .startsWith("castra: The database cannot be written: File too large.")
        .contains("Check that the disk is not full")
        .hasLineCount(2);
    assertThat(result.events("BootstrapCompleted")).isEmpty();
    assertThat(project.records().count("stamps")).isZero();

    converges();
    assertThat(machines.witness(VM)).containsExactly(run);
    FailedRun.log(project, VM, run, "interrupted", "apply");
    assertThat(project.logsOf(VM)).hasSize(4);
  }

  private void converges() throws InterruptedException, SQLException {
    assertThat(project.up().exitsWith(0).outcome(VM).path("status").asText()).isEqualTo("Success");
    assertThat(project.up().exitsWith(0).outcome(VM).path("status").asText()).isEqualTo("NoOp");
    assertThat(project.records().count("stamps")).isEqualTo(1);
  }

  private Path database() {
    return project.stateRoot().resolve("db/castra.mv.db");
  }

  private static void limitFiles(CastraProcess castra, long bytes) {
    Host.run(Path.of("/"), "prlimit", "--pid", Long.toString(castra.pid()), "--fsize=" + bytes);
  }
}
