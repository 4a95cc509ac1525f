package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.run.RunId;
import dev.castra.vm.VmName;
import java.util.Optional;

/**
 * Reads starts of VMs with plain SQL. Takes no claim, changes nothing, and works whoever has the
 * database open.
 */
public final class BootReader {
  private static final String BOOT =
      """
      SELECT b.boot_id, b.directory, b.pid, b.pid_start_ticks, b.host_boot_id, b.started_at,
             b.stop_requested_at, b.ended_at, h.shaken_at
      FROM boots b LEFT JOIN handshakes h ON h.boot_id = b.boot_id
      WHERE b.boot_id = (SELECT boot_id FROM
      """;

  private final RecordReads reads;

  public BootReader(StateRoot root, Ticker ticker) {
    this(RecordReads.of(root, ticker));
  }

  public BootReader(RecordReads reads) {
    this.reads = reads;
  }

  /**
   * The VM's newest boot; empty if Castra never started it.
   *
   * @throws CastraException if the database is damaged, lost its content, or is too new
   */
  public Optional<VmSnapshot.Boot> newest(VmName vm) {
    return boot("vms WHERE vm = ?)", vm.value());
  }

  /** The boot that a run worked in; empty if its VM did not start. */
  public Optional<VmSnapshot.Boot> of(RunId run) {
    return boot("runs WHERE run_id = ?)", run.value());
  }

  private Optional<VmSnapshot.Boot> boot(String which, Object key) {
    return reads
        .read(connection -> PlainQuery.first(connection, StatusReader::boot, BOOT + which, key))
        .flatMap(row -> row)
        .flatMap(boot -> boot);
  }
}
