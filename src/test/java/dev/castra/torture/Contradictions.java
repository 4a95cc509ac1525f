package dev.castra.torture;

import dev.castra.it.Records;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Queries that find something only where one fact in the database says what another denies. */
final class Contradictions {
  private static final String ENDED_WELL = "status IN ('success', 'noop')";
  private static final String ENDED_BADLY = "status IN ('failed', 'interrupted')";
  private static final Map<String, String> QUERIES = new LinkedHashMap<>();

  static {
    stamps();
    ends();
    openRuns();
    pointers();
    numbers();
  }

  private Contradictions() {}

  static void refuse(Records.Reading records) throws SQLException {
    for (Map.Entry<String, String> query : QUERIES.entrySet()) {
      List<Records.Row> found = records.rows(query.getValue());
      Violation.unless(found.isEmpty(), "%s: %s", query.getKey(), found);
    }
  }

  private static void stamps() {
    QUERIES.put(
        "a stamp without its successful run",
        "SELECT s.vm, s.run_id, r.status FROM stamps s LEFT JOIN runs r ON r.run_id = s.run_id"
            + " AND r.vm = s.vm AND r.disk_id = s.disk_id AND r.base_image_hash = s.base_image_hash"
            + " AND r.bootstrap_artifact_hash = s.bootstrap_artifact_hash AND r."
            + ENDED_WELL
            + " WHERE r.run_id IS NULL");
    QUERIES.put(
        "a stamp whose run did not apply and verify",
        "SELECT s.vm, s.run_id FROM stamps s WHERE (SELECT COUNT(*) FROM step_logs l WHERE"
            + " l.run_id = s.run_id AND l.step IN ('apply', 'verify') AND l.status <> 'failed') <> 2");
    QUERIES.put(
        "a success whose stamp is lost",
        "SELECT r.vm, MAX(r.run_id) AS run_id FROM runs r WHERE r."
            + ENDED_WELL
            + " GROUP BY r.vm, r.base_image_hash, r.bootstrap_artifact_hash"
            + " HAVING MAX(r.run_id) <> COALESCE((SELECT s.run_id FROM stamps s WHERE s.vm = r.vm"
            + " AND s.base_image_hash = r.base_image_hash"
            + " AND s.bootstrap_artifact_hash = r.bootstrap_artifact_hash), 0)");
    String spoilt =
        "FROM runs f WHERE f.disk_id = s.disk_id AND f.run_id > s.run_id AND f."
            + ENDED_BADLY
            + " AND (f.run_trigger = 'always' OR f.failed_step IN ('apply', 'verify'))";
    QUERIES.put(
        "a stamp that a failed run should have withdrawn",
        "SELECT s.vm, s.run_id FROM stamps s WHERE s.withdrawn_at IS NULL AND EXISTS (SELECT 1 "
            + spoilt
            + ")");
    QUERIES.put(
        "a stamp that was withdrawn without a reason",
        "SELECT s.vm, s.run_id FROM stamps s WHERE s.withdrawn_at IS NOT NULL AND NOT EXISTS"
            + " (SELECT 1 FROM events e WHERE e.run_id = s.run_id AND e.type = 'StampWithdrawn')"
            + " AND NOT EXISTS (SELECT 1 "
            + spoilt
            + " AND f.run_id = s.withdrawn_by_run_id)");
  }

  private static void ends() {
    QUERIES.put(
        "a run whose events do not fit its status",
        "SELECT r.run_id, r.status, e.started, e.completed, e.failed, e.steps, l.steps AS logged"
            + " FROM runs r LEFT JOIN (SELECT run_id,"
            + " SUM(CASE type WHEN 'BootstrapStarted' THEN 1 ELSE 0 END) AS started,"
            + " SUM(CASE type WHEN 'BootstrapCompleted' THEN 1 ELSE 0 END) AS completed,"
            + " SUM(CASE type WHEN 'BootstrapFailed' THEN 1 ELSE 0 END) AS failed,"
            + " SUM(CASE type WHEN 'BootstrapStep' THEN 1 ELSE 0 END) AS steps"
            + " FROM events WHERE run_id IS NOT NULL GROUP BY run_id) e ON e.run_id = r.run_id"
            + " LEFT JOIN (SELECT run_id, COUNT(*) AS steps FROM step_logs GROUP BY run_id) l"
            + " ON l.run_id = r.run_id WHERE COALESCE(e.started, 0) <> 1"
            + " OR COALESCE(e.steps, 0) <> COALESCE(l.steps, 0)"
            + " OR e.completed <> CASE WHEN r."
            + ENDED_WELL
            + " THEN 1 ELSE 0 END OR e.failed <> CASE WHEN r."
            + ENDED_BADLY
            + " THEN 1 ELSE 0 END OR (r."
            + ENDED_WELL
            + " AND l.steps <> 5)");
    QUERIES.put(
        "a failed run that does not say why",
        "SELECT run_id FROM runs WHERE "
            + ENDED_BADLY
            + " AND (error IS NULL OR hint IS NULL OR error_code IS NULL OR log_path IS NULL)");
    QUERIES.put(
        "two runs at once on one machine",
        "SELECT r.run_id, n.run_id AS next FROM runs r JOIN runs n ON n.vm = r.vm"
            + " AND n.run_id > r.run_id WHERE r.ended_at IS NULL OR n.started_at < r.ended_at");
  }

  private static void openRuns() {
    QUERIES.put(
        "a run left running by a castra that ended in order",
        "SELECT r.run_id FROM runs r JOIN invocations i ON i.invocation_id = r.invocation_id"
            + " WHERE r.status = 'running' AND i.ended_at IS NOT NULL");
    QUERIES.put(
        "a run left running by the next up",
        "SELECT r.run_id, e.seq FROM runs r JOIN events e ON e.vm = r.vm"
            + " AND e.type = 'BootstrapPlanned' AND e.invocation_id <> r.invocation_id"
            + " WHERE r.status = 'running' AND e.seq > (SELECT MIN(b.seq) FROM events b"
            + " WHERE b.run_id = r.run_id)");
  }

  private static void pointers() {
    QUERIES.put(
        "a VM that does not point to its runs",
        "SELECT v.vm, v.current_run_id, v.last_run_id FROM vms v WHERE COALESCE(v.last_run_id, 0) <>"
            + " COALESCE((SELECT MAX(r.run_id) FROM runs r WHERE r.vm = v.vm"
            + " AND r.status <> 'running'), 0) OR COALESCE(v.current_run_id, 0) <>"
            + " COALESCE((SELECT MAX(r.run_id) FROM runs r WHERE r.vm = v.vm"
            + " AND r.status = 'running'), 0)");
    QUERIES.put(
        "a disk that does not point to its newest success",
        "SELECT d.disk_id, d.last_success_run_id FROM disks d WHERE"
            + " COALESCE(d.last_success_run_id, 0) <> COALESCE((SELECT MAX(r.run_id) FROM runs r"
            + " WHERE r.disk_id = d.disk_id AND r."
            + ENDED_WELL
            + "), 0)");
    QUERIES.put(
        "a current disk that is not its VM's",
        "SELECT d.disk_id, d.state FROM disks d JOIN vms v ON v.vm = d.vm WHERE"
            + " (d.state IN ('creating', 'current')) <> (d.disk_id = COALESCE(v.disk_id,"
            + " '00000000-0000-0000-0000-000000000000'))");
  }

  private static void numbers() {
    QUERIES.put(
        "event numbers with a gap",
        "SELECT COUNT(*) AS events, MAX(seq) AS last FROM events"
            + " HAVING COUNT(*) <> COALESCE(MAX(seq), 0)"
            + " OR COALESCE(MAX(seq), 0) <> (SELECT last_seq FROM event_counters)");
    QUERIES.put(
        "an index that does not fit its table",
        "SELECT 1 WHERE (SELECT COUNT(*) FROM runs WHERE vm >= '') <>"
            + " (SELECT COUNT(*) FROM runs USE INDEX () WHERE status > '')");
  }
}
