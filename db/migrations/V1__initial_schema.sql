-- Castra's record of what it did. Times are UTC; numbers carry their unit in the name.

-- What the last `up` read from castra.toml, so that `status` need not parse it again.
CREATE TABLE projects (
  project_id    SMALLINT                 NOT NULL,
  name          VARCHAR(255)             NOT NULL,
  config_sha256 CHAR(64)                 NOT NULL,
  updated_at    TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_projects PRIMARY KEY (project_id),
  CONSTRAINT ck_projects_single CHECK (project_id = 1)
);

-- One row per command that changes something (`up`, `down`, ...).
CREATE TABLE invocations (
  invocation_id   UUID                     NOT NULL,
  command         VARCHAR(1000)            NOT NULL,
  castra_version  VARCHAR(64)              NOT NULL,
  pid             BIGINT                   NOT NULL,
  pid_start_ticks BIGINT                   NOT NULL,
  host_boot_id    VARCHAR(64)              NOT NULL,
  started_at      TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at        TIMESTAMP WITH TIME ZONE,
  exit_code       INTEGER,
  CONSTRAINT pk_invocations PRIMARY KEY (invocation_id)
);

-- Present facts about each VM, with pointers to its disk, newest boot, the run under way and the
-- newest finished one, so that `status` need not search.
CREATE TABLE vms (
  vm             VARCHAR(63)              NOT NULL,
  role           VARCHAR(63)              NOT NULL,
  position       INTEGER                  NOT NULL,
  in_config      BOOLEAN                  NOT NULL,
  cpus           INTEGER                  NOT NULL,
  memory_mib     INTEGER                  NOT NULL,
  disk_id        UUID,
  boot_id        UUID,
  current_run_id BIGINT,
  last_run_id    BIGINT,
  updated_at     TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_vms PRIMARY KEY (vm)
);

-- Content hashes of base images, remembered by path, size, mtime and inode.
CREATE TABLE base_images (
  path            VARCHAR(4096)            NOT NULL,
  size_bytes      BIGINT                   NOT NULL,
  mtime_ns        BIGINT                   NOT NULL,
  inode           VARCHAR(128)             NOT NULL,
  base_image_hash CHAR(64)                 NOT NULL,
  hashed_at       TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_base_images PRIMARY KEY (path)
);

-- Every overlay that Castra made. A disk is recorded before its file exists.
CREATE TABLE disks (
  disk_id             UUID                     NOT NULL,
  vm                  VARCHAR(63)              NOT NULL,
  path                VARCHAR(4096)            NOT NULL,
  base_image_path     VARCHAR(4096)            NOT NULL,
  base_image_hash     CHAR(64)                 NOT NULL,
  host_key            VARCHAR(2000)            NOT NULL,
  host_key_confirmed  BOOLEAN                  NOT NULL,
  state               VARCHAR(16)              NOT NULL,
  created_at          TIMESTAMP WITH TIME ZONE NOT NULL,
  retired_at          TIMESTAMP WITH TIME ZONE,
  retired_reason      VARCHAR(255),
  last_success_run_id BIGINT,
  CONSTRAINT pk_disks PRIMARY KEY (disk_id),
  CONSTRAINT fk_disks_vm FOREIGN KEY (vm) REFERENCES vms (vm),
  CONSTRAINT ck_disks_state CHECK (state IN ('creating', 'current', 'retired', 'removed'))
);
CREATE INDEX ix_disks_vm ON disks (vm);

-- Every start of a VM. The row exists before the process does; pid is filled in once it is known.
CREATE TABLE boots (
  boot_id           UUID                     NOT NULL,
  vm                VARCHAR(63)              NOT NULL,
  disk_id           UUID                     NOT NULL,
  directory         VARCHAR(4096)            NOT NULL,
  accel             VARCHAR(16)              NOT NULL,
  pid               BIGINT,
  pid_start_ticks   BIGINT,
  host_boot_id      VARCHAR(64),
  started_at        TIMESTAMP WITH TIME ZONE NOT NULL,
  stop_requested_at TIMESTAMP WITH TIME ZONE,
  ended_at          TIMESTAMP WITH TIME ZONE,
  end_reason        VARCHAR(255),
  CONSTRAINT pk_boots PRIMARY KEY (boot_id),
  CONSTRAINT fk_boots_vm FOREIGN KEY (vm) REFERENCES vms (vm),
  CONSTRAINT fk_boots_disk FOREIGN KEY (disk_id) REFERENCES disks (disk_id)
);
CREATE INDEX ix_boots_vm ON boots (vm);

-- Host ports a VM holds. Ports that Castra picked are remembered here between boots.
CREATE TABLE port_forwards (
  vm           VARCHAR(63) NOT NULL,
  guest_port   INTEGER     NOT NULL,
  protocol     VARCHAR(3)  NOT NULL,
  host_address VARCHAR(64) NOT NULL,
  host_port    INTEGER     NOT NULL,
  position     INTEGER     NOT NULL,
  CONSTRAINT pk_port_forwards PRIMARY KEY (vm, guest_port, protocol),
  CONSTRAINT fk_port_forwards_vm FOREIGN KEY (vm) REFERENCES vms (vm),
  CONSTRAINT ck_port_forwards_protocol CHECK (protocol IN ('tcp', 'udp'))
);

-- The guest's first authenticated answer of each boot.
CREATE TABLE handshakes (
  boot_id       UUID                     NOT NULL,
  vm            VARCHAR(63)              NOT NULL,
  shaken_at     TIMESTAMP WITH TIME ZONE NOT NULL,
  duration_ms   BIGINT                   NOT NULL,
  attempts      INTEGER                  NOT NULL,
  CONSTRAINT pk_handshakes PRIMARY KEY (boot_id),
  CONSTRAINT fk_handshakes_boot FOREIGN KEY (boot_id) REFERENCES boots (boot_id),
  CONSTRAINT fk_handshakes_vm FOREIGN KEY (vm) REFERENCES vms (vm)
);

-- Bootstrap artifacts and their manifests: what was hashed, entry by entry.
CREATE TABLE artifacts (
  bootstrap_artifact_hash CHAR(64)                 NOT NULL,
  payload_bytes           BIGINT                   NOT NULL,
  first_seen_at           TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_artifacts PRIMARY KEY (bootstrap_artifact_hash)
);

-- Env values are secrets: sha256 is a keyed hash for them.
CREATE TABLE artifact_entries (
  bootstrap_artifact_hash CHAR(64)      NOT NULL,
  position                INTEGER       NOT NULL,
  kind                    VARCHAR(16)   NOT NULL,
  name                    VARCHAR(8192) NOT NULL,
  mode                    INTEGER       NOT NULL,
  size_bytes              BIGINT        NOT NULL,
  sha256                  CHAR(64)      NOT NULL,
  CONSTRAINT pk_artifact_entries PRIMARY KEY (bootstrap_artifact_hash, position),
  CONSTRAINT fk_artifact_entries_artifact
    FOREIGN KEY (bootstrap_artifact_hash) REFERENCES artifacts (bootstrap_artifact_hash),
  CONSTRAINT ck_artifact_entries_kind
    CHECK (kind IN ('script', 'file', 'directory', 'symlink', 'env', 'setting'))
);

-- attempt_key makes the insert safe to repeat when a broken connection hides its outcome.
CREATE TABLE runs (
  run_id                  BIGINT GENERATED ALWAYS AS IDENTITY (START WITH 1 NO CACHE) NOT NULL,
  attempt_key             UUID                     NOT NULL,
  invocation_id           UUID                     NOT NULL,
  vm                      VARCHAR(63)              NOT NULL,
  disk_id                 UUID                     NOT NULL,
  boot_id                 UUID,
  base_image_hash         CHAR(64)                 NOT NULL,
  bootstrap_artifact_hash CHAR(64)                 NOT NULL,
  run_trigger             VARCHAR(16)              NOT NULL,
  reason                  VARCHAR(1000)            NOT NULL,
  status                  VARCHAR(16)              NOT NULL,
  current_step            VARCHAR(16),
  current_step_started_at TIMESTAMP WITH TIME ZONE,
  failed_step             VARCHAR(16),
  error_code              VARCHAR(64),
  error                   VARCHAR(4000),
  hint                    VARCHAR(4000),
  log_path                VARCHAR(4096),
  started_at              TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at                TIMESTAMP WITH TIME ZONE,
  duration_ms             BIGINT,
  CONSTRAINT pk_runs PRIMARY KEY (run_id),
  CONSTRAINT uq_runs_attempt UNIQUE (attempt_key),
  CONSTRAINT fk_runs_vm FOREIGN KEY (vm) REFERENCES vms (vm),
  CONSTRAINT fk_runs_disk FOREIGN KEY (disk_id) REFERENCES disks (disk_id),
  CONSTRAINT fk_runs_boot FOREIGN KEY (boot_id) REFERENCES boots (boot_id),
  CONSTRAINT fk_runs_artifact
    FOREIGN KEY (bootstrap_artifact_hash) REFERENCES artifacts (bootstrap_artifact_hash),
  CONSTRAINT fk_runs_invocation
    FOREIGN KEY (invocation_id) REFERENCES invocations (invocation_id),
  CONSTRAINT ck_runs_trigger CHECK (run_trigger IN ('auto', 'always')),
  CONSTRAINT ck_runs_status
    CHECK (status IN ('running', 'success', 'noop', 'failed', 'interrupted')),
  CONSTRAINT ck_runs_final CHECK ((status = 'running') = (ended_at IS NULL))
);
CREATE INDEX ix_runs_vm ON runs (vm, run_id);

CREATE TABLE step_logs (
  run_id      BIGINT                   NOT NULL,
  step        VARCHAR(16)              NOT NULL,
  position    INTEGER                  NOT NULL,
  status      VARCHAR(16)              NOT NULL,
  started_at  TIMESTAMP WITH TIME ZONE NOT NULL,
  duration_ms BIGINT                   NOT NULL,
  detail      VARCHAR(4000)            NOT NULL,
  CONSTRAINT pk_step_logs PRIMARY KEY (run_id, step),
  CONSTRAINT fk_step_logs_run FOREIGN KEY (run_id) REFERENCES runs (run_id),
  CONSTRAINT ck_step_logs_step
    CHECK (step IN ('wait-handshake', 'connect', 'transfer', 'apply', 'verify')),
  CONSTRAINT ck_step_logs_status CHECK (status IN ('success', 'skipped', 'failed')),
  CONSTRAINT ck_step_logs_duration CHECK (duration_ms >= 0)
);

-- "This disk holds this artifact." Counts only while disk_id is the VM's present disk and run_id is
-- the newest successful run on it.
CREATE TABLE stamps (
  vm                      VARCHAR(63)              NOT NULL,
  base_image_hash         CHAR(64)                 NOT NULL,
  bootstrap_artifact_hash CHAR(64)                 NOT NULL,
  disk_id                 UUID                     NOT NULL,
  run_id                  BIGINT                   NOT NULL,
  stamped_at              TIMESTAMP WITH TIME ZONE NOT NULL,
  withdrawn_at            TIMESTAMP WITH TIME ZONE,
  withdrawn_by_run_id     BIGINT,
  CONSTRAINT pk_stamps PRIMARY KEY (vm, base_image_hash, bootstrap_artifact_hash),
  CONSTRAINT fk_stamps_vm FOREIGN KEY (vm) REFERENCES vms (vm),
  CONSTRAINT fk_stamps_disk FOREIGN KEY (disk_id) REFERENCES disks (disk_id),
  CONSTRAINT fk_stamps_run FOREIGN KEY (run_id) REFERENCES runs (run_id),
  CONSTRAINT fk_stamps_artifact
    FOREIGN KEY (bootstrap_artifact_hash) REFERENCES artifacts (bootstrap_artifact_hash)
);

-- Who works on a VM. The truth is the operating system's lock on the VM's lock file; this row says
-- whose it is.
CREATE TABLE claims (
  vm              VARCHAR(63)              NOT NULL,
  invocation_id   UUID                     NOT NULL,
  pid             BIGINT                   NOT NULL,
  pid_start_ticks BIGINT                   NOT NULL,
  host_boot_id    VARCHAR(64)              NOT NULL,
  host            VARCHAR(255)             NOT NULL,
  command         VARCHAR(1000)            NOT NULL,
  claimed_at      TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_claims PRIMARY KEY (vm),
  CONSTRAINT fk_claims_vm FOREIGN KEY (vm) REFERENCES vms (vm)
);

-- seq comes from event_counters, whose row lock makes commit order and seq order the same, so that
-- a reader who has seen seq N will never meet a smaller one later.
CREATE TABLE events (
  seq            BIGINT                   NOT NULL,
  invocation_id  UUID                     NOT NULL,
  local_seq      BIGINT                   NOT NULL,
  schema_version INTEGER                  NOT NULL,
  ts             TIMESTAMP WITH TIME ZONE NOT NULL,
  type           VARCHAR(64)              NOT NULL,
  vm             VARCHAR(63),
  run_id         BIGINT,
  fields         VARCHAR(1000000)         NOT NULL,
  CONSTRAINT pk_events PRIMARY KEY (seq),
  CONSTRAINT uq_events_local UNIQUE (invocation_id, local_seq)
);
CREATE INDEX ix_events_run ON events (run_id, seq);

CREATE TABLE event_counters (
  counter_id SMALLINT NOT NULL,
  last_seq   BIGINT   NOT NULL,
  CONSTRAINT pk_event_counters PRIMARY KEY (counter_id),
  CONSTRAINT ck_event_counters_single CHECK (counter_id = 1)
);
INSERT INTO event_counters (counter_id, last_seq) VALUES (1, 0);
