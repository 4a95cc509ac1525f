package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** A run that did not succeed is remembered in one row, one event and one pair of log files. */
final class FailedRun {
  private FailedRun() {}

  /** Fails the test unless all of them give this status, this step and one reason. */
  static JsonNode log(CastraProject project, String vm, String run, String status, String step)
      throws IOException, SQLException {
    Path folder = project.bootstrapLogs(vm);
    Path json = folder.resolve(run + ".json");
    assertThat(project.logsOf(vm).stream().filter(log -> isOf(run, log)))
        .containsExactly(json, folder.resolve(run + ".log"));
    // Whoever interrupts a run has not asked for a report on it.
    assertThat(
            Files.exists(
                project.stateRoot().resolve("reports/%s-run-%s.tar.gz".formatted(vm, run))))
        .isEqualTo(status.equals("failed"));
    JsonNode log = Json.object(Files.readString(json));
    assertThat(log.path("error").asText()).isNotBlank();
    assertThat(log.path("hint").asText()).isNotBlank();
    String end = String.join(" ", status, step, log.path("error").asText());
    assertThat(end(log, "failed_step")).isEqualTo(end);
    Records records = project.records();
    assertThat(
            records.column(
                "SELECT status || ' ' || COALESCE(failed_step, 'null') || ' ' || error FROM runs"
                    + " WHERE vm = '%s' AND run_id = %s".formatted(vm, run)))
        .containsExactly(end);
    List<String> events =
        records.column(
            "SELECT fields FROM events WHERE type = 'BootstrapFailed' AND run_id = " + run);
    assertThat(events.stream().map(event -> end(Json.object(event), "step"))).containsExactly(end);
    return log;
  }

  private static boolean isOf(String run, Path log) {
    return log.getFileName().toString().startsWith(run + ".");
  }

  private static String end(JsonNode record, String step) {
    return String.join(
        " ",
        record.path("status").asText(),
        record.path(step).asText(),
        record.path("error").asText());
  }
}
