package dev.castra.torture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.it.CastraProject;
import dev.castra.it.Json;
import dev.castra.it.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Every run that ended has one pair of log files, which say what its row says. */
final class RunLogFiles {
  private final CastraProject project;
  private final Set<String> examined = new HashSet<>();

  RunLogFiles(CastraProject project) {
    this.project = project;
  }

  void examine(String vm, Records.Reading records) throws SQLException, IOException {
    Map<String, Set<String>> files = files(vm);
    List<Records.Row> runs =
        records.rows("SELECT run_id, status, failed_step FROM runs WHERE vm = '" + vm + "'");
    for (Records.Row run : runs) {
      String id = run.get("run_id");
      Set<String> found = files.getOrDefault(id, Set.of());
      files.remove(id);
      if (!run.get("status").equals("running") && examined.add(id)) {
        Violation.unless(
            found.equals(Set.of("json", "log")), "run %s of %s left %s", id, vm, found);
        compare(project.bootstrapLogs(vm).resolve(id + ".json"), run);
      }
    }
    Violation.unless(files.isEmpty(), "logs of %s belong to no run: %s", vm, files);
  }

  private Map<String, Set<String>> files(String vm) throws IOException {
    Map<String, Set<String>> files = new HashMap<>();
    if (Files.isDirectory(project.bootstrapLogs(vm))) {
      try (Stream<Path> logs = Files.list(project.bootstrapLogs(vm))) {
        logs.map(log -> log.getFileName().toString().split("\\.", 2))
            .forEach(name -> files.computeIfAbsent(name[0], run -> new HashSet<>()).add(name[1]));
      }
    }
    return files;
  }

  private static void compare(Path json, Records.Row run) throws IOException {
    JsonNode log = Json.object(Files.readString(json));
    Violation.unless(
        log.path("status").asText().equals(run.get("status"))
            && log.path("failed_step").asText().equals(run.get("failed_step")),
        "%s says otherwise than %s: %s",
        json,
        run,
        log);
  }
}
