package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * kill -9 of {@code castra history prune} while it deletes, again and again, then one that ends.
 */
final class KilledPruneIT {
  private static final int RUNS = 800;

  /** How long a prune goes on at most before it is killed; the first one is sure to be. */
  private static final List<Integer> LATEST_MS = List.of(20, 80, 200, 400);

  private static final int KILLED = 137;

  /** Runs that are kept: the newest, and the one that the stamp stands on. */
  private static final int KEPT = 5;

  private static final Pattern FACTS = Pattern.compile("(\\d+)\\.json");
  private static final Pattern SHOWN = Pattern.compile("(\\d+)\\.(json|log)");
  private static final Pattern ASIDE = Pattern.compile("(\\d+)\\.(json|log)\\.pruned");

  private final Random random = new Random();
  private final CastraProject project;
  private final Path logs;

  KilledPruneIT() throws IOException {
    project = CastraProject.create();
    logs = project.bootstrapLogs("web");
  }

  /** A stamped run, and many failed ones behind it. */
  @BeforeEach
  void haveALongHistory() throws IOException, InterruptedException, SQLException {
    BootSector.write(project.directory().resolve("boot.img"));
    project.config("[[vms]]\nname = \"web\"\nbase_image = \"boot.img\"\n");
    Rehearsed.fill(project);
    for (String change : history()) {
      project.records().update(change);
    }
    String facts = Files.readAllLines(Path.of("src/test/resources/golden/run-logs.jsonl")).get(2);
    Files.createDirectories(logs);
    for (int run = 1; run <= RUNS + 1; run++) {
      Files.writeString(logs.resolve(run + ".json"), facts);
      Files.writeString(logs.resolve(run + ".log"), "run " + run + "\n");
    }
  }

  private List<String> history() {
    return List.of(
        "UPDATE runs SET log_path = '" + logs.resolve("1.json") + "'",
        """
        INSERT INTO runs (attempt_key, invocation_id, vm, disk_id, base_image_hash,
          bootstrap_artifact_hash, run_trigger, reason, status, failed_step, error, log_path,
          started_at, ended_at, duration_ms)
        SELECT RANDOM_UUID(), invocation_id, vm, disk_id, base_image_hash, bootstrap_artifact_hash,
          'auto', 'because', 'failed', 'apply', 'No.', '%s/' || (x + 1) || '.json',
          started_at, ended_at, 5 FROM runs, SYSTEM_RANGE(1, %d) WHERE run_id = 1
        """
            .formatted(logs, RUNS),
        """
        INSERT INTO step_logs (run_id, step, position, status, started_at, duration_ms, detail)
        SELECT run_id, 'apply', 3, 'failed', started_at, 5, 'No.' FROM runs WHERE run_id > 1
        """,
        """
        INSERT INTO events (seq, invocation_id, local_seq, schema_version, ts, type, vm, run_id,
          fields)
        SELECT last_seq + run_id, invocation_id, 1000 + run_id, 1, started_at, 'BootstrapFailed',
          vm, run_id, '{}' FROM runs, event_counters WHERE run_id > 1
        """,
        "UPDATE event_counters SET last_seq = (SELECT MAX(seq) FROM events)",
        "UPDATE vms SET last_run_id = (SELECT MAX(run_id) FROM runs)");
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    project.close();
  }

  @Test
  void leavesRowsAndLogsThatAgreeAndTheNextOneConverges() throws Exception {
    String stamps = stamps();
    List<Integer> exits = new ArrayList<>();
    for (int latestMs : LATEST_MS) {
      exits.add(killInTheMidst(random.nextInt(latestMs)));
      assertRowsAndLogsAgree();
      assertThat(stamps()).isEqualTo(stamps);
    }

    assertThat(exits).as("exit codes").contains(KILLED);
    prune().exitsWith(0);

    Set<Integer> kept = recorded();
    assertThat(kept).hasSize(KEPT + 1).contains(1, RUNS + 1);
    assertThat(logs(SHOWN)).isEqualTo(kept);
    assertThat(files()).hasSize(2 * kept.size());
    assertThat(stamps()).isEqualTo(stamps);
    assertThat(orphans()).isEmpty();
    assertThat(prune().exitsWith(0).stdout().get(0)).contains("\"runs\":[]");
    project.run("db", "check").exitsWith(0);
  }

  private CastraResult prune() throws InterruptedException {
    return startPrune().end();
  }

  private CastraProcess startPrune() {
    return project.start("history", "prune", "--keep-runs", Integer.toString(KEPT), "--json");
  }

  /** So long after it has begun to take more logs away; returns the exit code. */
  private int killInTheMidst(int delayMs) throws IOException, InterruptedException {
    int next = logs(FACTS).stream().filter(run -> run > 1).findFirst().orElseThrow();
    Path log = logs.resolve(next + ".json");
    try (CastraProcess prune = startPrune()) {
      while (prune.isAlive() && Files.exists(log)) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      TimeUnit.MILLISECONDS.sleep(delayMs);
      prune.kill();
      return prune.end().exitCode();
    }
  }

  /** A log is missing only if its row is, and what has no row is on its way out. */
  private void assertRowsAndLogsAgree() throws IOException, SQLException {
    Set<Integer> recorded = recorded();
    Set<Integer> shown = logs(SHOWN);
    Set<Integer> present = new TreeSet<>(shown);
    present.addAll(logs(ASIDE));

    assertThat(recorded).isSubsetOf(present);
    assertThat(shown).isSubsetOf(recorded);
    for (String end : List.of(".json", ".log")) {
      assertThat(files())
          .containsAll(
              recorded.stream()
                  .map(run -> run + end)
                  .map(name -> Files.exists(logs.resolve(name)) ? name : name + ".pruned")
                  .toList());
    }
    assertThat(orphans()).isEmpty();
  }

  private Set<Integer> recorded() throws SQLException {
    return project.records().column("SELECT run_id FROM runs").stream()
        .map(Integer::valueOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Each stamp with the run that it stands on. */
  private String stamps() throws SQLException {
    List<String> stamps =
        project
            .records()
            .column(
                "SELECT s.vm || ' ' || s.bootstrap_artifact_hash || ' ' || r.run_id || r.status"
                    + " FROM stamps s JOIN runs r ON r.run_id = s.run_id");
    assertThat(stamps).hasSize(1);
    return stamps.get(0);
  }

  private List<String> orphans() throws SQLException {
    return project
        .records()
        .column(
            "SELECT run_id FROM step_logs WHERE run_id NOT IN (SELECT run_id FROM runs)"
                + " UNION SELECT run_id FROM events WHERE run_id IS NOT NULL"
                + " AND run_id NOT IN (SELECT run_id FROM runs)");
  }

  private Set<Integer> logs(Pattern name) throws IOException {
    return files().stream()
        .map(name::matcher)
        .filter(Matcher::matches)
        .map(found -> Integer.valueOf(found.group(1)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(logs)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
