package dev.castra.store;

import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.Trigger;
import dev.castra.vm.BootId;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What the rows of {@link HistoryReader}'s queries stand for. */
final class RunRows {
  static final String COLUMNS =
      "run_id, vm, disk_id, boot_id, base_image_hash, bootstrap_artifact_hash, run_trigger, reason,"
          + " status, current_step, current_step_started_at, failed_step, error_code, error, hint,"
          + " log_path, started_at, ended_at, duration_ms";

  private RunRows() {}

  /**
   * @param underWay runs whose doers live
   */
  static RecordedRun toRun(ResultSet row, Set<Long> underWay) throws SQLException {
    RunStatus recorded = RunStatus.of(row.getString("status"));
    boolean leftBehind = recorded == RunStatus.RUNNING && !underWay.contains(row.getLong("run_id"));
    return new RecordedRun(
        new RunId(row.getLong("run_id")),
        new VmName(row.getString("vm")),
        new DiskId(row.getObject("disk_id", UUID.class)),
        Optional.ofNullable(row.getObject("boot_id", UUID.class)).map(BootId::new),
        new Sha256(row.getString("base_image_hash")),
        new Sha256(row.getString("bootstrap_artifact_hash")),
        Trigger.of(row.getString("run_trigger")),
        row.getString("reason"),
        leftBehind ? RunStatus.INTERRUPTED : recorded,
        text(row, "current_step").map(StepKind::of),
        Optional.ofNullable(StatusReader.instant(row, "current_step_started_at")),
        text(row, "failed_step"),
        text(row, "error_code"),
        text(row, "error"),
        text(row, "hint"),
        text(row, "log_path"),
        StatusReader.required(row, "started_at"),
        Optional.ofNullable(StatusReader.instant(row, "ended_at")),
        number(row, "duration_ms"));
  }

  static StepRecord toStep(ResultSet row) throws SQLException {
    return new StepRecord(
        StepKind.of(row.getString("step")),
        StepStatus.of(row.getString("status")),
        StatusReader.required(row, "started_at"),
        row.getLong("duration_ms"),
        row.getString("detail"));
  }

  private static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  private static Optional<Long> number(ResultSet row, String column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(number);
  }
}
