-- Views for people, a user that can only look, and what every table and column means.
-- All of it can be run again. Columns of views keep no comments in H2 2.4.240 once the database is
-- closed, so the comment on a view tells of them, one `column: text` a line.

CREATE OR REPLACE VIEW v_run_history (
  run_id, vm, role, run_trigger, status, reason, failed_step, error_code, error, hint, started_at,
  ended_at, duration_ms, log_path, command, castra_version, disk_id, base_image_hash,
  bootstrap_artifact_hash
) AS
SELECT r.run_id, r.vm, v.role, r.run_trigger, r.status, r.reason, r.failed_step, r.error_code,
       r.error, r.hint, r.started_at, r.ended_at, r.duration_ms, r.log_path, i.command,
       i.castra_version, r.disk_id, r.base_image_hash, r.bootstrap_artifact_hash
FROM runs r
JOIN vms v ON v.vm = r.vm
JOIN invocations i ON i.invocation_id = r.invocation_id;

COMMENT ON VIEW v_run_history IS 'Every run, with the command that started it.
run_id: number of the run, rising
vm: the VM it was for
role: the role of that VM
run_trigger: `auto`, or `always` if it was forced
status: `running`, `success`, `noop` (the script said so), `failed` or `interrupted`
reason: why there was a run
failed_step: the step that failed or was interrupted, if one was
error_code: the kind of failure, such as `bootstrap-failed`
error: what went wrong
hint: what to do about it
started_at: when the run began
ended_at: when it ended
duration_ms: how long it took
log_path: its durable log; the guest''s output is beside it
command: the command line that started it
castra_version: the version of that Castra
disk_id: the disk that it was to change
base_image_hash: SHA-256 of the image below that disk
bootstrap_artifact_hash: hash of the artifact that it applied';

CREATE OR REPLACE VIEW v_failures (
  run_id, vm, role, status, failed_step, error_code, error, hint, reason, ended_at, duration_ms,
  log_path
) AS
SELECT r.run_id, r.vm, v.role, r.status, r.failed_step, r.error_code, r.error, r.hint, r.reason,
       r.ended_at, r.duration_ms, r.log_path
FROM runs r
JOIN vms v ON v.vm = r.vm
WHERE r.status IN ('failed', 'interrupted');

COMMENT ON VIEW v_failures IS 'The runs that failed or were interrupted.
run_id: number of the run, rising
vm: the VM it was for
role: the role of that VM
status: `failed` or `interrupted`
failed_step: where it ended, if in a step
error_code: the kind of failure, such as `bootstrap-failed`
error: what went wrong
hint: what to do about it
reason: why there was a run
ended_at: when it ended
duration_ms: how long it took
log_path: its durable log; the guest''s output is beside it';

CREATE OR REPLACE VIEW v_step_durations (
  run_id, vm, role, step, position, status, started_at, duration_ms, run_status,
  bootstrap_artifact_hash
) AS
SELECT s.run_id, r.vm, v.role, s.step, s.position, s.status, s.started_at, s.duration_ms, r.status,
       r.bootstrap_artifact_hash
FROM step_logs s
JOIN runs r ON r.run_id = s.run_id
JOIN vms v ON v.vm = r.vm;

COMMENT ON VIEW v_step_durations IS 'How long each step of each run took.
run_id: the run
vm: the VM it was for
role: the role of that VM
step: `wait-handshake`, `connect`, `transfer`, `apply` or `verify`
position: place of the step in its run, from 0
status: how the step ended: `success`, `skipped` or `failed`
started_at: when the step began
duration_ms: how long it took
run_status: status of the whole run
bootstrap_artifact_hash: hash of the artifact that the run applied';

-- The rule of `castra status`: while a script changes the disk nobody knows what it holds.
CREATE OR REPLACE VIEW v_current_stamps (
  vm, role, run_id, stamped_at, base_image_hash, bootstrap_artifact_hash, payload_bytes, disk_id,
  disk_path
) AS
SELECT s.vm, v.role, s.run_id, s.stamped_at, s.base_image_hash, s.bootstrap_artifact_hash,
       a.payload_bytes, s.disk_id, d.path
FROM vms v
JOIN disks d ON d.disk_id = v.disk_id
JOIN stamps s ON s.vm = v.vm AND s.disk_id = d.disk_id AND s.run_id = d.last_success_run_id
JOIN artifacts a ON a.bootstrap_artifact_hash = s.bootstrap_artifact_hash
LEFT JOIN runs c ON c.run_id = v.current_run_id
WHERE s.withdrawn_at IS NULL
  AND (c.current_step IS NULL OR c.current_step NOT IN ('apply', 'verify'));

COMMENT ON VIEW v_current_stamps IS 'The stamps that count: what the VMs'' present disks hold.
vm: the VM
role: its role
run_id: the run that wrote the stamp
stamped_at: when
base_image_hash: SHA-256 of the image below the disk
bootstrap_artifact_hash: hash of the artifact that the disk holds
payload_bytes: size of that artifact''s payload
disk_id: the disk
disk_path: its file, which may be gone; a machine that Castra did not make has no file';

CREATE OR REPLACE VIEW v_vms (
  vm, role, position, in_config, driver, address, cpus, memory_mib, disk_id, disk_path, boot_id,
  accel, pid, booted_at, shaken_at, boot_ended_at, boot_end_reason, current_run_id, current_step,
  last_run_id, last_status, last_ended_at, last_duration_ms, stamp_run_id, claim_pid,
  claim_command, claimed_at
) AS
SELECT v.vm, v.role, v.position, v.in_config, v.driver, v.address, v.cpus, v.memory_mib, v.disk_id,
       d.path, v.boot_id, b.accel, b.pid, b.started_at, COALESCE(h.shaken_at, v.contacted_at),
       b.ended_at, b.end_reason, v.current_run_id, c.current_step, v.last_run_id, r.status,
       r.ended_at, r.duration_ms, s.run_id, k.pid, k.command, k.claimed_at
FROM vms v
LEFT JOIN disks d ON d.disk_id = v.disk_id
LEFT JOIN boots b ON b.boot_id = v.boot_id
LEFT JOIN handshakes h ON h.boot_id = v.boot_id
LEFT JOIN runs c ON c.run_id = v.current_run_id
LEFT JOIN runs r ON r.run_id = v.last_run_id
LEFT JOIN v_current_stamps s ON s.vm = v.vm
LEFT JOIN claims k ON k.vm = v.vm;

COMMENT ON VIEW v_vms IS 'What is recorded of each VM at present. Whether its process lives only `castra status` says.
vm: the VM
role: its role
position: its place in castra.toml, from 0
in_config: whether the castra.toml of the last `up` had it
driver: `qemu`, or `ssh` for a machine that exists already
address: where an `ssh` machine is
cpus: processors
memory_mib: memory in MiB
disk_id: its present disk
disk_path: the file of that disk
boot_id: its newest boot
accel: `kvm` or `tcg`
pid: process of that boot, alive or not
booted_at: when that boot began
shaken_at: the guest''s first answer in that boot; of an `ssh` machine the newest answer
boot_ended_at: when that boot was found to have ended
boot_end_reason: why it ended
current_run_id: the run under way
current_step: the step it is at
last_run_id: the newest run that has ended
last_status: how that ended
last_ended_at: when
last_duration_ms: how long it took
stamp_run_id: the run whose stamp counts, see v_current_stamps
claim_pid: the castra that works on the VM, or did until it died
claim_command: its command line
claimed_at: since when';

CREATE OR REPLACE VIEW v_events (
  seq, ts, type, vm, run_id, fields, command, invocation_id
) AS
SELECT e.seq, e.ts, e.type, e.vm, e.run_id, e.fields, i.command, e.invocation_id
FROM events e
LEFT JOIN invocations i ON i.invocation_id = e.invocation_id;

COMMENT ON VIEW v_events IS 'Every event, with the command that told it.
seq: number of the event; whoever has seen one will never meet a smaller one later
ts: when
type: such as `BootstrapCompleted`, see json.md
vm: the VM it is about, if one
run_id: the run it belongs to, if one
fields: its other fields as a JSON object
command: the command line that told it
invocation_id: that command';

CREATE OR REPLACE VIEW v_artifact_changes (
  run_id, vm, since_run_id, change, kind, name
) AS
SELECT p.run_id, p.vm, p.since_run_id, CASE WHEN o.name IS NULL THEN 'added' ELSE 'changed' END,
       n.kind, n.name
FROM (
  SELECT r.run_id, r.vm, b.run_id AS since_run_id, r.bootstrap_artifact_hash AS new_hash,
         b.bootstrap_artifact_hash AS old_hash
  FROM runs r
  JOIN runs b ON b.run_id
    = (SELECT MAX(x.run_id) FROM runs x WHERE x.vm = r.vm AND x.run_id < r.run_id)
  WHERE b.bootstrap_artifact_hash <> r.bootstrap_artifact_hash
) p
JOIN artifact_entries n ON n.bootstrap_artifact_hash = p.new_hash
LEFT JOIN artifact_entries o
  ON o.bootstrap_artifact_hash = p.old_hash AND o.kind = n.kind AND o.name = n.name
WHERE o.name IS NULL OR o.sha256 <> n.sha256 OR o.mode <> n.mode
UNION ALL
SELECT p.run_id, p.vm, p.since_run_id, 'removed', o.kind, o.name
FROM (
  SELECT r.run_id, r.vm, b.run_id AS since_run_id, r.bootstrap_artifact_hash AS new_hash,
         b.bootstrap_artifact_hash AS old_hash
  FROM runs r
  JOIN runs b ON b.run_id
    = (SELECT MAX(x.run_id) FROM runs x WHERE x.vm = r.vm AND x.run_id < r.run_id)
  WHERE b.bootstrap_artifact_hash <> r.bootstrap_artifact_hash
) p
JOIN artifact_entries o ON o.bootstrap_artifact_hash = p.old_hash
LEFT JOIN artifact_entries n
  ON n.bootstrap_artifact_hash = p.new_hash AND n.kind = o.kind AND n.name = o.name
WHERE n.name IS NULL;

COMMENT ON VIEW v_artifact_changes IS 'What changed in a VM''s artifact from one run to the next.
run_id: the run
vm: its VM
since_run_id: the run before it, whatever became of that
change: `added`, `changed` or `removed`
kind: `script`, `file`, `directory`, `symlink`, `env` or `setting`
name: path of the entry, or name of the variable or setting';

COMMENT ON TABLE projects IS 'What the last `up` read from castra.toml; one row.';
COMMENT ON COLUMN projects.project_id IS 'always 1';
COMMENT ON COLUMN projects.name IS 'name of the project';
COMMENT ON COLUMN projects.config_sha256 IS 'SHA-256 of castra.toml';
COMMENT ON COLUMN projects.updated_at IS 'when it was read';

COMMENT ON TABLE invocations IS 'Every command that changed something, such as `up` and `down`.';
COMMENT ON COLUMN invocations.invocation_id IS 'the command';
COMMENT ON COLUMN invocations.command IS 'its command line';
COMMENT ON COLUMN invocations.castra_version IS 'version of Castra';
COMMENT ON COLUMN invocations.pid IS 'its process';
COMMENT ON COLUMN invocations.pid_start_ticks IS 'when that process started, in clock ticks since the host booted';
COMMENT ON COLUMN invocations.host_boot_id IS 'the boot of the host in which pid and ticks mean something';
COMMENT ON COLUMN invocations.started_at IS 'when it began';
COMMENT ON COLUMN invocations.ended_at IS 'when it ended; empty while it runs, and if it was killed';
COMMENT ON COLUMN invocations.exit_code IS 'its exit code';

COMMENT ON TABLE vms IS 'Present facts about each VM, with pointers to its disk, boot and runs.';
COMMENT ON COLUMN vms.vm IS 'name of the VM';
COMMENT ON COLUMN vms.role IS 'its role: the name in castra.toml';
COMMENT ON COLUMN vms.position IS 'its place in castra.toml, from 0';
COMMENT ON COLUMN vms.in_config IS 'whether the castra.toml of the last `up` had it';
COMMENT ON COLUMN vms.cpus IS 'processors';
COMMENT ON COLUMN vms.memory_mib IS 'memory in MiB';
COMMENT ON COLUMN vms.disk_id IS 'its present disk';
COMMENT ON COLUMN vms.boot_id IS 'its newest boot';
COMMENT ON COLUMN vms.current_run_id IS 'the run under way';
COMMENT ON COLUMN vms.last_run_id IS 'the newest run that has ended';
COMMENT ON COLUMN vms.updated_at IS 'when castra.toml was last read';
COMMENT ON COLUMN vms.driver IS '`qemu`, or `ssh` for a machine that exists already';
COMMENT ON COLUMN vms.address IS 'where an `ssh` machine is, such as `deploy@build.example:22`';
COMMENT ON COLUMN vms.contacted_at IS 'newest successful handshake with an `ssh` machine';
COMMENT ON COLUMN vms.contact_ok IS 'whether the newest try to reach an `ssh` machine succeeded';

COMMENT ON TABLE base_images IS 'Content hashes of base images, so that a file is read once.';
COMMENT ON COLUMN base_images.path IS 'the image';
COMMENT ON COLUMN base_images.size_bytes IS 'its size when it was hashed';
COMMENT ON COLUMN base_images.mtime_ns IS 'its modification time then, in ns since 1970';
COMMENT ON COLUMN base_images.inode IS 'its device and inode then';
COMMENT ON COLUMN base_images.base_image_hash IS 'SHA-256 of its content';
COMMENT ON COLUMN base_images.hashed_at IS 'when it was hashed';

COMMENT ON TABLE disks IS 'Every disk that Castra made, and every machine it was shown. A disk is recorded before its file exists.';
COMMENT ON COLUMN disks.disk_id IS 'the disk';
COMMENT ON COLUMN disks.vm IS 'the VM it was made for';
COMMENT ON COLUMN disks.path IS 'its file';
COMMENT ON COLUMN disks.base_image_path IS 'the image below it';
COMMENT ON COLUMN disks.base_image_hash IS 'SHA-256 of that image; of an `ssh` machine, of its SSH host key';
COMMENT ON COLUMN disks.host_key IS 'the SSH host key (public) that the guest must show';
COMMENT ON COLUMN disks.host_key_confirmed IS 'whether the guest has shown it';
COMMENT ON COLUMN disks.state IS '`creating`, `current`, `retired` (moved aside) or `removed`';
COMMENT ON COLUMN disks.created_at IS 'when it was made';
COMMENT ON COLUMN disks.retired_at IS 'when it was moved aside';
COMMENT ON COLUMN disks.retired_reason IS 'why';
COMMENT ON COLUMN disks.last_success_run_id IS 'the newest successful run on it';
COMMENT ON COLUMN disks.disposable IS 'whether it goes as soon as it is replaced (`disk = "ephemeral"`)';

COMMENT ON TABLE boots IS 'Every start of a VM, recorded before there is a process.';
COMMENT ON COLUMN boots.boot_id IS 'the boot';
COMMENT ON COLUMN boots.vm IS 'the VM';
COMMENT ON COLUMN boots.disk_id IS 'the disk it booted from';
COMMENT ON COLUMN boots.directory IS 'folder with its serial log, QEMU log and command line';
COMMENT ON COLUMN boots.accel IS '`kvm` or `tcg`';
COMMENT ON COLUMN boots.pid IS 'the QEMU process, once it is known';
COMMENT ON COLUMN boots.pid_start_ticks IS 'when that process started, in clock ticks since the host booted';
COMMENT ON COLUMN boots.host_boot_id IS 'the boot of the host in which pid and ticks mean something';
COMMENT ON COLUMN boots.started_at IS 'when the VM was started';
COMMENT ON COLUMN boots.stop_requested_at IS 'when somebody asked for its end';
COMMENT ON COLUMN boots.ended_at IS 'when it was found to have ended';
COMMENT ON COLUMN boots.end_reason IS 'why it ended';

COMMENT ON TABLE port_forwards IS 'The host ports that a VM holds, also between its boots.';
COMMENT ON COLUMN port_forwards.vm IS 'the VM';
COMMENT ON COLUMN port_forwards.guest_port IS 'port in the guest';
COMMENT ON COLUMN port_forwards.protocol IS '`tcp` or `udp`';
COMMENT ON COLUMN port_forwards.host_address IS 'address on the host';
COMMENT ON COLUMN port_forwards.host_port IS 'port on the host';
COMMENT ON COLUMN port_forwards.position IS 'its place in castra.toml, from 0';

COMMENT ON TABLE handshakes IS 'The guest''s first authenticated answer of each boot.';
COMMENT ON COLUMN handshakes.boot_id IS 'the boot';
COMMENT ON COLUMN handshakes.vm IS 'the VM';
COMMENT ON COLUMN handshakes.shaken_at IS 'when the guest answered';
COMMENT ON COLUMN handshakes.duration_ms IS 'how long it was waited for';
COMMENT ON COLUMN handshakes.attempts IS 'how often it was tried';

COMMENT ON TABLE artifacts IS 'Every bootstrap artifact that a run was opened for.';
COMMENT ON COLUMN artifacts.bootstrap_artifact_hash IS 'hash of all of it: script, payload, env, settings';
COMMENT ON COLUMN artifacts.payload_bytes IS 'size of the payload';
COMMENT ON COLUMN artifacts.first_seen_at IS 'when it was first used';

COMMENT ON TABLE artifact_entries IS 'What each artifact consists of. Values of env entries are secrets and are not here.';
COMMENT ON COLUMN artifact_entries.bootstrap_artifact_hash IS 'the artifact';
COMMENT ON COLUMN artifact_entries.position IS 'place in the artifact, from 0';
COMMENT ON COLUMN artifact_entries.kind IS '`script`, `file`, `directory`, `symlink`, `env` or `setting`';
COMMENT ON COLUMN artifact_entries.name IS 'path of the entry, or name of the variable or setting';
COMMENT ON COLUMN artifact_entries.mode IS 'mode bits of the file, as a decimal number';
COMMENT ON COLUMN artifact_entries.size_bytes IS 'size of the content';
COMMENT ON COLUMN artifact_entries.sha256 IS 'SHA-256 of the content; of an env value a keyed hash';

COMMENT ON TABLE runs IS 'Every attempt to bootstrap a VM.';
COMMENT ON COLUMN runs.run_id IS 'number of the run, rising';
COMMENT ON COLUMN runs.attempt_key IS 'makes the insert safe to repeat';
COMMENT ON COLUMN runs.invocation_id IS 'the command that started it';
COMMENT ON COLUMN runs.vm IS 'the VM it was for';
COMMENT ON COLUMN runs.disk_id IS 'the disk that it was to change';
COMMENT ON COLUMN runs.boot_id IS 'the boot it took place in';
COMMENT ON COLUMN runs.base_image_hash IS 'SHA-256 of the image below the disk';
COMMENT ON COLUMN runs.bootstrap_artifact_hash IS 'the artifact that it applied';
COMMENT ON COLUMN runs.run_trigger IS '`auto`, or `always` if it was forced';
COMMENT ON COLUMN runs.reason IS 'why there was a run';
COMMENT ON COLUMN runs.status IS '`running`, `success`, `noop` (the script said so), `failed` or `interrupted`';
COMMENT ON COLUMN runs.current_step IS 'the step it is at, or the last it was at';
COMMENT ON COLUMN runs.current_step_started_at IS 'when that step began';
COMMENT ON COLUMN runs.failed_step IS 'the step that failed or was interrupted, if one was';
COMMENT ON COLUMN runs.error_code IS 'the kind of failure, such as `bootstrap-failed`';
COMMENT ON COLUMN runs.error IS 'what went wrong';
COMMENT ON COLUMN runs.hint IS 'what to do about it';
COMMENT ON COLUMN runs.log_path IS 'its durable log; the guest''s output is beside it';
COMMENT ON COLUMN runs.started_at IS 'when it began';
COMMENT ON COLUMN runs.ended_at IS 'when it ended';
COMMENT ON COLUMN runs.duration_ms IS 'how long it took';

COMMENT ON TABLE step_logs IS 'The steps of every run.';
COMMENT ON COLUMN step_logs.run_id IS 'the run';
COMMENT ON COLUMN step_logs.step IS '`wait-handshake`, `connect`, `transfer`, `apply` or `verify`';
COMMENT ON COLUMN step_logs.position IS 'place in the run, from 0';
COMMENT ON COLUMN step_logs.status IS '`success`, `skipped` or `failed`';
COMMENT ON COLUMN step_logs.started_at IS 'when it began';
COMMENT ON COLUMN step_logs.duration_ms IS 'how long it took';
COMMENT ON COLUMN step_logs.detail IS 'what it found or did, in a few words';

COMMENT ON TABLE stamps IS 'What runs put on disks. Which of them count: v_current_stamps.';
COMMENT ON COLUMN stamps.vm IS 'the VM';
COMMENT ON COLUMN stamps.base_image_hash IS 'SHA-256 of the image below the disk';
COMMENT ON COLUMN stamps.bootstrap_artifact_hash IS 'the artifact';
COMMENT ON COLUMN stamps.disk_id IS 'the disk that holds it; counts only while it is the VM''s present one';
COMMENT ON COLUMN stamps.run_id IS 'the run that put it there; counts only while it is the newest successful one';
COMMENT ON COLUMN stamps.stamped_at IS 'when';
COMMENT ON COLUMN stamps.withdrawn_at IS 'when it was taken back';
COMMENT ON COLUMN stamps.withdrawn_by_run_id IS 'the failed run that took it back; empty if `castra stamps rm` did';

COMMENT ON TABLE claims IS 'Who works on which VM. A row of a process that died stays until the next one comes.';
COMMENT ON COLUMN claims.vm IS 'the VM';
COMMENT ON COLUMN claims.invocation_id IS 'the command that works on it';
COMMENT ON COLUMN claims.pid IS 'its process';
COMMENT ON COLUMN claims.pid_start_ticks IS 'when that process started, in clock ticks since the host booted';
COMMENT ON COLUMN claims.host_boot_id IS 'the boot of the host in which pid and ticks mean something';
COMMENT ON COLUMN claims.host IS 'name of the host';
COMMENT ON COLUMN claims.command IS 'its command line';
COMMENT ON COLUMN claims.claimed_at IS 'since when';

COMMENT ON TABLE events IS 'Everything that happened, in order.';
COMMENT ON COLUMN events.seq IS 'number of the event; whoever has seen one will never meet a smaller one later';
COMMENT ON COLUMN events.invocation_id IS 'the command that told it';
COMMENT ON COLUMN events.local_seq IS 'its number within that command';
COMMENT ON COLUMN events.schema_version IS 'version of the form of its fields';
COMMENT ON COLUMN events.ts IS 'when';
COMMENT ON COLUMN events.type IS 'such as `BootstrapCompleted`, see json.md';
COMMENT ON COLUMN events.vm IS 'the VM it is about, if one';
COMMENT ON COLUMN events.run_id IS 'the run it belongs to, if one';
COMMENT ON COLUMN events.fields IS 'its other fields as a JSON object';

COMMENT ON TABLE event_counters IS 'The number given to the newest event; one row.';
COMMENT ON COLUMN event_counters.counter_id IS 'always 1';
COMMENT ON COLUMN event_counters.last_seq IS 'that number';

-- Whoever may read the file, or the key of the process that has it open, may do all that this user
-- may, so the password is no secret. What it may not do is the point of it.
CREATE USER IF NOT EXISTS castra_reader PASSWORD 'castra_reader';
GRANT SELECT ON SCHEMA PUBLIC TO castra_reader;
