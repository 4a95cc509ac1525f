package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.image.ImageFingerprint;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads stamps and what they are worth, with plain SQL. Takes no claim, changes nothing, and works
 * whoever has the database open.
 */
public final class StampReader {
  private static final String STAMPS =
      """
      SELECT s.vm, s.run_id, s.stamped_at, s.base_image_hash, s.bootstrap_artifact_hash,
             s.withdrawn_at, s.withdrawn_by_run_id, s.disk_id, d.path,
             d.disk_id = v.disk_id AS is_present, d.state = 'removed' AS is_removed,
             d.last_success_run_id,
             c.disk_id = s.disk_id AND c.current_step IN ('apply', 'verify') AS script_began
      FROM stamps s
      JOIN vms v ON v.vm = s.vm
      JOIN disks d ON d.disk_id = s.disk_id
      LEFT JOIN runs c ON c.run_id = v.current_run_id
      """;

  private static final String STAMP_OF_PRESENT_DISK =
      STAMPS + "WHERE s.vm = ? AND s.disk_id = v.disk_id AND s.run_id = d.last_success_run_id";

  private static final String PRESENT_DISK =
      """
      SELECT d.disk_id, v.vm, d.path, d.base_image_path, d.base_image_hash, d.host_key,
             d.host_key_confirmed, d.disposable, d.state, d.last_success_run_id
      FROM vms v LEFT JOIN disks d ON d.disk_id = v.disk_id WHERE v.vm = ?
      """;

  private static final String ENDED_RUN =
      """
      SELECT r.run_id, r.status, r.failed_step, r.bootstrap_artifact_hash, r.run_trigger, r.reason,
             r.started_at, r.duration_ms, r.log_path, a.payload_bytes
      FROM runs r JOIN artifacts a ON a.bootstrap_artifact_hash = r.bootstrap_artifact_hash
      WHERE r.vm = ? AND r.disk_id = ? AND r.status <> 'running'
      """;

  private static final String LAST_RUN =
      ENDED_RUN + "ORDER BY r.vm DESC, r.run_id DESC FETCH FIRST ROW ONLY";

  private static final String UNFINISHED =
      """
      SELECT r.run_id, r.run_trigger, r.current_step, r.bootstrap_artifact_hash,
             r.disk_id = v.disk_id AS on_present_disk, k.pid, k.pid_start_ticks, k.host_boot_id
      FROM vms v
      JOIN runs r ON r.run_id = v.current_run_id
      LEFT JOIN claims k ON k.vm = v.vm AND k.invocation_id = r.invocation_id
      WHERE v.vm = ?
      """;

  private static final String HOLDER =
      "SELECT pid, pid_start_ticks, host_boot_id, command, claimed_at FROM claims WHERE vm = ?";

  private static final String BOOT =
      """
      SELECT b.boot_id, b.directory, b.pid, b.pid_start_ticks, b.host_boot_id, b.started_at,
             b.stop_requested_at, b.ended_at, h.shaken_at
      FROM vms v JOIN boots b ON b.boot_id = v.boot_id
      LEFT JOIN handshakes h ON h.boot_id = b.boot_id
      WHERE v.vm = ?
      """;

  private static final String HOST_KEYS =
      "SELECT v.vm, d.host_key FROM vms v JOIN disks d ON d.disk_id = v.disk_id";

  private static final String IMAGE =
      "SELECT base_image_hash FROM base_images"
          + " WHERE path = ? AND size_bytes = ? AND mtime_ns = ? AND inode = ?";

  private final StateRoot root;
  private final Ticker ticker;

  public StampReader(StateRoot root, Ticker ticker) {
    this.root = root;
    this.ticker = ticker;
  }

  /**
   * Every stamp there is, in no particular order; none if the project has no record yet.
   *
   * @throws CastraException if the database is damaged, lost its content, or is too new
   */
  public List<StampRecord> stamps() {
    return read(connection -> PlainQuery.all(connection, StampRows::toStamp, STAMPS))
        .orElse(List.of());
  }

  /**
   * What is recorded of the VM's present disk; empty if neither the VM nor the image is recorded.
   *
   * @param image whose content hash to look up
   * @throws CastraException if the database is damaged, lost its content, or is too new
   */
  public Optional<DiskHistory> history(VmName vm, Optional<ImageFingerprint> image) {
    return read(connection -> history(connection, vm, image)).flatMap(history -> history);
  }

  /**
   * What is recorded of the VMs' present disks.
   *
   * @param images of each VM, whose content hash to look up
   * @throws CastraException if the database is damaged, lost its content, or is too new
   */
  public ProjectHistory histories(Map<VmName, Optional<ImageFingerprint>> images) {
    return read(connection -> {
          Map<VmName, DiskHistory> vms = new HashMap<>();
          for (Map.Entry<VmName, Optional<ImageFingerprint>> vm : images.entrySet()) {
            history(connection, vm.getKey(), vm.getValue())
                .ifPresent(found -> vms.put(vm.getKey(), found));
          }
          Map<VmName, String> hostKeys = new HashMap<>();
          PlainQuery.all(
              connection,
              row -> hostKeys.put(new VmName(row.getString(1)), row.getString(2)),
              HOST_KEYS);
          return new ProjectHistory(vms, hostKeys);
        })
        .orElse(ProjectHistory.NONE);
  }

  private <T> Optional<T> read(ReadTransaction.Reading<T> reading) {
    return ReadTransaction.read(root, ticker, reading);
  }

  private static Optional<DiskHistory> history(
      Connection connection, VmName vm, Optional<ImageFingerprint> image) throws SQLException {
    String name = vm.value();
    Optional<Optional<DiskRecord>> recorded =
        PlainQuery.first(connection, StampRows::toDisk, PRESENT_DISK, name);
    Optional<Sha256> imageHash =
        image.isEmpty() ? Optional.empty() : imageHash(connection, image.get());
    if (recorded.isEmpty()) {
      return imageHash.isEmpty() ? Optional.empty() : Optional.of(DiskHistory.none(imageHash));
    }
    Optional<DiskRecord> disk = recorded.get();
    return Optional.of(
        new DiskHistory(
            disk,
            PlainQuery.first(connection, StampRows::toStamp, STAMP_OF_PRESENT_DISK, name),
            disk.isEmpty() ? Optional.empty() : lastSuccess(connection, disk.get()),
            disk.isEmpty() ? Optional.empty() : lastRun(connection, disk.get()),
            PlainQuery.first(
                connection, row -> StampRows.toUnfinished(connection, row), UNFINISHED, name),
            PlainQuery.first(connection, StampRows::toHolder, HOLDER, name),
            PlainQuery.first(connection, StatusReader::boot, BOOT, name).flatMap(boot -> boot),
            imageHash));
  }

  private static Optional<DiskHistory.EndedRun> lastRun(Connection connection, DiskRecord disk)
      throws SQLException {
    return PlainQuery.first(
        connection,
        row -> StampRows.toEndedRun(connection, row),
        LAST_RUN,
        disk.vm().value(),
        disk.id().value());
  }

  private static Optional<DiskHistory.EndedRun> lastSuccess(Connection connection, DiskRecord disk)
      throws SQLException {
    if (disk.lastSuccess().isEmpty()) {
      return Optional.empty();
    }
    return PlainQuery.first(
        connection,
        row -> StampRows.toEndedRun(connection, row),
        ENDED_RUN + "AND r.run_id = ?",
        disk.vm().value(),
        disk.id().value(),
        disk.lastSuccess().get().value());
  }

  private static Optional<Sha256> imageHash(Connection connection, ImageFingerprint image)
      throws SQLException {
    return PlainQuery.first(
        connection,
        row -> new Sha256(row.getString(1)),
        IMAGE,
        image.path().toString(),
        image.sizeBytes(),
        image.mtimeNs(),
        image.inode());
  }
}
