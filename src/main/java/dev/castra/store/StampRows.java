package dev.castra.store;

import dev.castra.bootstrap.Manifest;
import dev.castra.bootstrap.ManifestEntry;
import dev.castra.bootstrap.StampFacts;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** What the rows of {@link StampReader}'s queries stand for. */
final class StampRows {
  private static final String ENTRIES =
      "SELECT kind, name, mode, size_bytes, sha256 FROM artifact_entries"
          + " WHERE bootstrap_artifact_hash = ? ORDER BY position";

  private StampRows() {}

  static StampRecord toStamp(ResultSet row) throws SQLException {
    return new StampRecord(
        new VmName(row.getString("vm")),
        new RunId(row.getLong("run_id")),
        StatusReader.required(row, "stamped_at"),
        new Sha256(row.getString("base_image_hash")),
        new Sha256(row.getString("bootstrap_artifact_hash")),
        new StampRecord.Disk(
            new DiskId(row.getObject("disk_id", UUID.class)),
            Path.of(row.getString("path")),
            row.getBoolean("is_present"),
            row.getBoolean("is_removed"),
            run(row, "last_success_run_id")),
        row.getBoolean("script_began"),
        withdrawal(row));
  }

  private static Optional<StampRecord.Withdrawal> withdrawal(ResultSet row) throws SQLException {
    Instant at = StatusReader.instant(row, "withdrawn_at");
    return at == null
        ? Optional.empty()
        : Optional.of(new StampRecord.Withdrawal(at, run(row, "withdrawn_by_run_id")));
  }

  static Optional<DiskRecord> toDisk(ResultSet row) throws SQLException {
    UUID disk = row.getObject("disk_id", UUID.class);
    if (disk == null) {
      return Optional.empty();
    }
    return Optional.of(
        new DiskRecord(
            new DiskId(disk),
            new VmName(row.getString("vm")),
            Path.of(row.getString("path")),
            Path.of(row.getString("base_image_path")),
            new Sha256(row.getString("base_image_hash")),
            row.getString("host_key"),
            row.getBoolean("host_key_confirmed"),
            row.getBoolean("disposable"),
            !row.getString("state").equals("creating"),
            run(row, "last_success_run_id")));
  }

  static DiskHistory.EndedRun toEndedRun(Connection connection, ResultSet row) throws SQLException {
    Sha256 artifact = new Sha256(row.getString("bootstrap_artifact_hash"));
    return new DiskHistory.EndedRun(
        new StampFacts.PastRun(
            new RunId(row.getLong("run_id")),
            RunStatus.of(row.getString("status")),
            Optional.ofNullable(row.getString("failed_step")),
            artifact,
            manifest(connection, artifact)),
        Trigger.of(row.getString("run_trigger")),
        row.getString("reason"),
        StatusReader.required(row, "started_at"),
        row.getLong("duration_ms"),
        Optional.ofNullable(row.getString("log_path")),
        row.getLong("payload_bytes"));
  }

  static DiskHistory.Unfinished toUnfinished(Connection connection, ResultSet row)
      throws SQLException {
    Sha256 artifact = new Sha256(row.getString("bootstrap_artifact_hash"));
    return new DiskHistory.Unfinished(
        new RunId(row.getLong("run_id")),
        Trigger.of(row.getString("run_trigger")),
        Optional.ofNullable(row.getString("current_step")).map(StepKind::of),
        artifact,
        manifest(connection, artifact),
        row.getBoolean("on_present_disk"),
        StatusReader.identity(row, "pid", "pid_start_ticks", "host_boot_id"));
  }

  static VmClaims.Holder toHolder(ResultSet row) throws SQLException {
    return new VmClaims.Holder(
        StatusReader.identity(row, "pid", "pid_start_ticks", "host_boot_id").orElseThrow(),
        row.getString("command"),
        StatusReader.required(row, "claimed_at"));
  }

  static Manifest manifest(Connection connection, Sha256 artifact) throws SQLException {
    return new Manifest(PlainQuery.all(connection, StampRows::toEntry, ENTRIES, artifact.hex()));
  }

  private static ManifestEntry toEntry(ResultSet row) throws SQLException {
    return new ManifestEntry(
        ManifestEntry.Kind.of(row.getString("kind")),
        row.getString("name"),
        row.getInt("mode"),
        row.getLong("size_bytes"),
        new Sha256(row.getString("sha256")));
  }

  private static Optional<RunId> run(ResultSet row, String column) throws SQLException {
    long run = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(new RunId(run));
  }
}
