package dev.castra.torture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.it.CastraResult;
import dev.castra.it.Json;
import dev.castra.it.Records;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Everything that must hold in one project whenever no castra runs. */
final class Examination {
  private static final Records.Row LOST =
      new Records.Row(Map.of("type", "none", "vm", "none", "run_id", "none"));

  private final Arena arena;
  private final Chronicle chronicle = new Chronicle();
  private final RunLogFiles logs;
  private Map<String, Integer> endedBefore = Map.of();

  Examination(Arena arena) {
    this.arena = arena;
    this.logs = new RunLogFiles(arena.project());
  }

  /**
   * Fails with a {@link Violation} if something does not hold.
   *
   * @param results of the commands that told events since the last time
   * @return runs that ended since the last time, by status
   */
  Map<String, Integer> examine(List<CastraResult> results) throws Exception {
    Records records = arena.project().records();
    if (!records.exists()) {
      return examineNothing(results);
    }
    try (Records.Reading reading = records.read()) {
      if (reading
          .rows("SELECT 1 FROM information_schema.tables WHERE table_name = 'EVENT_COUNTERS'")
          .isEmpty()) {
        return examineNothing(results);
      }
      acknowledge(results, events(reading));
      chronicle.follow(reading);
      Contradictions.refuse(reading);
      for (String vm : arena.vms()) {
        logs.examine(vm, reading);
        Optional<List<String>> witness = arena.witness(vm);
        if (witness.isPresent()) {
          Witnesses.examine(vm, witness.get(), reading);
        }
      }
      return endedSince(reading);
    }
  }

  /** A record that is not there holds only if it never was, and nobody told of it. */
  private Map<String, Integer> examineNothing(List<CastraResult> results) {
    chronicle.requireBlank();
    acknowledge(results, Map.of());
    return Map.of();
  }

  private static Map<String, Records.Row> events(Records.Reading reading) throws SQLException {
    Map<String, Records.Row> events = new HashMap<>();
    reading
        .rows("SELECT seq, type, vm, run_id FROM events")
        .forEach(event -> events.put(event.get("seq"), event));
    return events;
  }

  /** Whatever castra told anybody is there. */
  private static void acknowledge(List<CastraResult> results, Map<String, Records.Row> events) {
    for (CastraResult result : results) {
      for (JsonNode told : result.events()) {
        Records.Row event = events.getOrDefault(told.path("seq").asText(), LOST);
        boolean same =
            told.path("type").asText().equals(event.get("type"))
                && told.path("vm").asText("null").equals(event.get("vm"))
                && told.path("run_id").asText("null").equals(event.get("run_id"));
        Violation.unless(same, "castra told %s, but the database has %s", told, event);
      }
    }
  }

  private Map<String, Integer> endedSince(Records.Reading reading) throws SQLException {
    Map<String, Integer> ended = new TreeMap<>();
    reading
        .rows("SELECT status, COUNT(*) AS n FROM runs WHERE status <> 'running' GROUP BY status")
        .forEach(row -> ended.put(row.get("status"), Integer.parseInt(row.get("n"))));
    Map<String, Integer> since = new TreeMap<>();
    ended.forEach(
        (status, count) -> {
          int more = count - endedBefore.getOrDefault(status, 0);
          if (more > 0) {
            since.put(status, more);
          }
        });
    endedBefore = ended;
    return since;
  }

  /** The outcomes that a castra told, in its order. */
  static List<JsonNode> outcomes(CastraResult result) {
    return result.events("UpCompleted").stream()
        .flatMap(completed -> Json.items(completed.path("outcomes")).stream())
        .toList();
  }
}
