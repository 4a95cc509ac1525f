package dev.castra.store;

import java.util.List;

/**
 * What must hold in a record beyond what its constraints say.
 *
 * @param query of one text column: what is wrong, a row for each breach
 */
record RecordRule(String table, String query) {
  /** Columns of every schema version only, so that an older record can be checked too. */
  static final List<RecordRule> ALL =
      List.of(
          new RecordRule(
              "vms",
              """
              SELECT 'VM ' || v.vm || ' has disk ' || v.disk_id || ', which is not recorded for it'
              FROM vms v WHERE v.disk_id IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM disks d WHERE d.disk_id = v.disk_id AND d.vm = v.vm)
              """),
          new RecordRule(
              "vms",
              """
              SELECT 'VM ' || v.vm || ' has boot ' || v.boot_id || ', which is not recorded for it'
              FROM vms v WHERE v.boot_id IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM boots b WHERE b.boot_id = v.boot_id AND b.vm = v.vm)
              """),
          new RecordRule(
              "vms",
              """
              SELECT 'the last run of VM ' || v.vm || ' is run ' || v.last_run_id
                || ', which is not a finished run of it'
              FROM vms v WHERE v.last_run_id IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM runs r WHERE r.run_id = v.last_run_id AND r.vm = v.vm
                  AND r.status <> 'running')
              """),
          new RecordRule(
              "vms",
              """
              SELECT 'the current run of VM ' || v.vm || ' is run ' || v.current_run_id
                || ', which is not a run of it under way'
              FROM vms v WHERE v.current_run_id IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM runs r WHERE r.run_id = v.current_run_id AND r.vm = v.vm
                  AND r.status = 'running')
              """),
          new RecordRule(
              "runs",
              """
              SELECT 'run ' || r.run_id || ' is under way, and VM ' || r.vm || ' does not say so'
              FROM runs r WHERE r.status = 'running' AND NOT EXISTS
                (SELECT 1 FROM vms v WHERE v.vm = r.vm AND v.current_run_id = r.run_id)
              """),
          new RecordRule(
              "disks",
              """
              SELECT 'the last success on disk ' || d.disk_id || ' is run ' || d.last_success_run_id
                || ', which did not succeed on it'
              FROM disks d WHERE d.last_success_run_id IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM runs r WHERE r.run_id = d.last_success_run_id
                  AND r.disk_id = d.disk_id AND r.status IN ('success', 'noop'))
              """),
          new RecordRule(
              "stamps",
              """
              SELECT 'the stamp of VM ' || s.vm || ' is of run ' || s.run_id
                || ', which did not put that artifact on that disk'
              FROM stamps s WHERE NOT EXISTS
                (SELECT 1 FROM runs r WHERE r.run_id = s.run_id AND r.vm = s.vm
                  AND r.disk_id = s.disk_id AND r.status IN ('success', 'noop')
                  AND r.base_image_hash = s.base_image_hash
                  AND r.bootstrap_artifact_hash = s.bootstrap_artifact_hash)
              """),
          new RecordRule(
              "events",
              """
              SELECT 'the newest event is ' || MAX(e.seq) || ', beyond the counter'
              FROM events e
              HAVING MAX(e.seq) > (SELECT COALESCE(MAX(c.last_seq), 0) FROM event_counters c)
              """),
          new RecordRule(
              "events",
              """
              SELECT 'there are none, and ' || c.last_seq || ' were numbered'
              FROM event_counters c WHERE c.last_seq > 0 AND NOT EXISTS (SELECT 1 FROM events e)
              """),
          new RecordRule(
              "projects",
              """
              SELECT 'there is none, and ' || COUNT(*) || ' commands worked on one'
              FROM invocations i WHERE NOT EXISTS (SELECT 1 FROM projects p)
              HAVING COUNT(*) > 0
              """),
          new RecordRule(
              "stamps",
              """
              SELECT 'run ' || d.last_success_run_id || ' succeeded on the disk of VM ' || v.vm
                || ' and left no stamp'
              FROM vms v JOIN disks d ON d.disk_id = v.disk_id
              WHERE d.last_success_run_id IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM stamps s WHERE s.disk_id = d.disk_id
                  AND s.run_id = d.last_success_run_id)
              """),
          new RecordRule(
              "event_counters",
              """
              SELECT 'it has ' || COUNT(*) || ' rows instead of one'
              FROM event_counters HAVING COUNT(*) <> 1
              """),
          new RecordRule(
              "runs",
              """
              SELECT 'the newest run is ' || MAX(r.run_id) || ', and the next would be '
                || MAX(c.identity_base)
              FROM runs r, information_schema.columns c
              WHERE c.table_schema = 'PUBLIC' AND c.table_name = 'RUNS'
                AND c.column_name = 'RUN_ID'
              HAVING MAX(r.run_id) >= MAX(c.identity_base)
              """));
}
