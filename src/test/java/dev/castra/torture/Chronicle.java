package dev.castra.torture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.it.Json;
import dev.castra.it.Records;
import dev.castra.run.StepKind;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the events in their order and knows after each what every machine holds, so that it can
 * tell a run that should not have been, and a NoOp that should have been a run.
 */
final class Chronicle {
  private static final Records.Row NO_RUN =
      new Records.Row(Map.of("run_trigger", "?", "bootstrap_artifact_hash", "?"));

  private final Map<String, Machine> machines = new HashMap<>();
  private long lastSeq;

  /** Goes on with the events since the last time. */
  void follow(Records.Reading records) throws SQLException {
    Map<String, Records.Row> runs = new HashMap<>();
    records
        .rows("SELECT run_id, run_trigger, bootstrap_artifact_hash FROM runs")
        .forEach(run -> runs.put(run.get("run_id"), run));
    List<Records.Row> events =
        records.rows(
            "SELECT seq, type, vm, run_id, fields FROM events WHERE seq > "
                + lastSeq
                + " ORDER BY seq");
    for (Records.Row event : events) {
      long seq = Long.parseLong(event.get("seq"));
      Violation.unless(seq == lastSeq + 1, "event %d follows event %d", seq, lastSeq);
      lastSeq = seq;
      if (!event.get("vm").equals("null")) {
        machines
            .computeIfAbsent(event.get("vm"), Machine::new)
            .meet(event, runs.getOrDefault(event.get("run_id"), NO_RUN));
      }
    }
  }

  /** Fails if events were there before. */
  void requireBlank() {
    Violation.unless(lastSeq == 0, "%d events were recorded, and now there are none", lastSeq);
  }

  /** What one machine holds as far as the events tell. */
  private static final class Machine {
    private static final String NOTHING = "";

    private final String vm;
    private String held = NOTHING;
    private String run = NOTHING;
    private int steps;

    Machine(String vm) {
      this.vm = vm;
    }

    void meet(Records.Row event, Records.Row row) {
      switch (event.get("type")) {
        case "MachinePinned", "DiskCreated", "DiskRetired", "StampWithdrawn" -> held = NOTHING;
        case "BootstrapStarted" -> started(event, row);
        case "BootstrapStep" -> step(event);
        case "BootstrapCompleted" -> completed(event, row);
        case "BootstrapFailed" -> failed(event, row);
        default -> {
          return;
        }
      }
    }

    private void started(Records.Row event, Records.Row row) {
      require(run.isEmpty(), event, "starts while run " + run + " has no end");
      String artifact = row.get("bootstrap_artifact_hash");
      require(
          row.get("run_trigger").equals("always") || !held.equals(artifact),
          event,
          "bootstraps what the machine holds already");
      run = event.get("run_id");
      steps = 0;
    }

    private void step(Records.Row event) {
      requireRun(event);
      JsonNode fields = Json.object(event.get("fields"));
      StepKind expected = StepKind.values()[Math.min(steps, StepKind.values().length - 1)];
      require(
          fields.path("step").asText().equals(expected.id()), event, "comes before " + expected);
      steps++;
    }

    private void completed(Records.Row event, Records.Row row) {
      JsonNode fields = Json.object(event.get("fields"));
      if (!event.get("run_id").equals("null")) {
        requireRun(event);
        require(steps == StepKind.values().length, event, "after " + steps + " steps");
        held = row.get("bootstrap_artifact_hash");
        run = NOTHING;
      } else if (fields.path("status").asText().equals("NoOp")) {
        require(run.isEmpty(), event, "while run " + run + " has no end");
        require(
            fields.path("bootstrap_artifact_hash").asText().equals(held),
            event,
            "although the machine holds `" + held + "`");
      }
    }

    private void failed(Records.Row event, Records.Row row) {
      requireRun(event);
      String step = Json.object(event.get("fields")).path("step").asText();
      boolean scriptBegan =
          steps > StepKind.APPLY.ordinal() || step.equals("apply") || step.equals("verify");
      if (scriptBegan || row.get("run_trigger").equals("always")) {
        held = NOTHING;
      }
      run = NOTHING;
    }

    private void requireRun(Records.Row event) {
      require(event.get("run_id").equals(run), event, "while the run under way is `" + run + "`");
    }

    private void require(boolean holds, Records.Row event, String message) {
      Violation.unless(
          holds,
          "%s of %s, run %s, event %s: %s",
          event.get("type"),
          vm,
          event.get("run_id"),
          event.get("seq"),
          message);
    }
  }
}
