package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several {@code castra up} on one project at once. */
final class ConcurrentUpsIT {
  private static final List<String> VMS = List.of("web", "api", "db");
  private static final int PROCESSES = 5;

  private final SshMachines machines;
  private final CastraProject project;

  ConcurrentUpsIT() throws IOException {
    machines = SshMachines.create(VMS);
    project = machines.project();
  }

  @BeforeEach
  void describe() throws IOException {
    for (String vm : VMS) {
      machines.script(vm, machines.waiting(vm, "go")).open(vm, "verified");
    }
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    machines.close();
  }

  @Test
  void everyVmIsBootstrappedOnceAndTheOthersWaitAndReportNoOp()
      throws InterruptedException, IOException, SQLException {
    List<CastraProcess> ups = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      ups.add(project.startUp());
    }
    for (String vm : VMS) {
      machines.awaitScripts(vm, 1);
    }
    for (String vm : VMS) {
      machines.open(vm, "go");
    }
    List<CastraResult> results = new ArrayList<>();
    for (CastraProcess up : ups) {
      results.add(up.end().exitsWith(0));
    }

    for (String vm : VMS) {
      assertThat(results)
          .extracting(result -> result.outcome(vm).path("status").asText())
          .as("outcomes of %s", vm)
          .containsExactlyInAnyOrder("Success", "NoOp", "NoOp", "NoOp", "NoOp");
      assertThat(machines.witness(vm)).hasSize(1);
    }
    assertThat(project.records().column("SELECT vm || ' ' || status FROM runs ORDER BY vm"))
        .containsExactly("api success", "db success", "web success");
    assertThat(project.records().count("stamps")).isEqualTo(3);
  }

  @Test
  void withNoWaitTheOneAtWorkIsNamedWithPidCommandAndSinceWhenAndTheExitCodeIs75()
      throws InterruptedException, IOException, SQLException {
    Instant before = Instant.now();
    final CastraProcess first = project.startUp("--bootstrap", "auto,api=skip,db=skip");
    machines.awaitScripts("web", 1);
    final Instant after = Instant.now();

    CastraResult refused = project.up("--no-wait", "web").exitsWith(75);

    JsonNode outcome = refused.outcome("web");
    assertThat(outcome.path("status").asText()).isEqualTo("Failed");
    String error = outcome.path("error").asText();
    String words =
        "VM `web` is being worked on by `castra up --json --bootstrap auto,api=skip,db=skip` (pid %d, since "
            .formatted(first.pid());
    assertThat(error).startsWith(words).endsWith(").");
    String since = error.substring(words.length(), error.length() - 2);
    assertThat(Instant.parse(since)).isBetween(before, after);
    assertThat(outcome.path("hint").asText()).contains("Try again");
    assertThat(first.isAlive()).isTrue();
    CastraResult text = project.run("up", "--no-wait", "web").exitsWith(75);
    assertThat(Stream.of(text.stdout().toArray(String[]::new))).anyMatch(l -> l.contains(words));

    machines.open("web", "go");
    assertThat(first.end().exitsWith(0).outcome("web").path("status").asText())
        .isEqualTo("Success");
    assertThat(machines.witness("web")).hasSize(1);
    assertThat(project.records().column("SELECT status FROM runs")).containsExactly("success");
  }
}
