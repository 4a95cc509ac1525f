package dev.castra.store;

import static dev.castra.store.jooq.Tables.DISKS;
import static dev.castra.store.jooq.Tables.STAMPS;
import static dev.castra.store.jooq.Tables.VMS;

import dev.castra.event.CastraEvent;
import dev.castra.run.RunId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;

/** Takes stamps back. Runs write them, see {@link OpenRun}. */
public final class StampStore {
  private final Database database;
  private final EventLog events;

  public StampStore(Database database, EventLog events) {
    this.database = database;
    this.events = events;
  }

  /**
   * Withdraws the stamp that counts on the VM's present disk and tells of it, in one transaction
   * that survives power loss. Call with the VM's claim.
   *
   * @return what was withdrawn; empty if the disk has no stamp that counts
   */
  public Optional<CastraEvent.StampWithdrawn> withdraw(VmName vm) {
    return withdraw(vm, Optional.empty());
  }

  /**
   * As {@link #withdraw(VmName)}.
   *
   * @param by the run that left the disk unknown, which this record need not have
   */
  public Optional<CastraEvent.StampWithdrawn> withdraw(VmName vm, Optional<RunId> by) {
    // Read beforehand, since the transaction must do the same when it is run again.
    Optional<CastraEvent.StampWithdrawn> counting = counting(vm);
    counting.ifPresent(
        stamp ->
            events.commit(
                true,
                sql -> {
                  withdraw(sql, stamp, by);
                  return new EventLog.Written<>(0, List.of(stamp));
                }));
    return counting;
  }

  /** What {@link #withdraw} would withdraw. */
  public Optional<CastraEvent.StampWithdrawn> counting(VmName vm) {
    return database.transaction(sql -> countingStamp(sql, vm));
  }

  private static Optional<CastraEvent.StampWithdrawn> countingStamp(DSLContext sql, VmName vm) {
    return sql.select(STAMPS.RUN_ID, STAMPS.BASE_IMAGE_HASH, STAMPS.BOOTSTRAP_ARTIFACT_HASH)
        .from(STAMPS)
        .join(VMS)
        .on(VMS.VM.eq(STAMPS.VM))
        .and(VMS.DISK_ID.eq(STAMPS.DISK_ID))
        .join(DISKS)
        .on(DISKS.DISK_ID.eq(STAMPS.DISK_ID))
        .and(DISKS.LAST_SUCCESS_RUN_ID.eq(STAMPS.RUN_ID))
        .where(STAMPS.VM.eq(vm.value()))
        .and(STAMPS.WITHDRAWN_AT.isNull())
        .fetchOptional(
            row ->
                new CastraEvent.StampWithdrawn(
                    vm,
                    new RunId(row.value1()),
                    new Sha256(row.value2()),
                    new Sha256(row.value3())));
  }

  private void withdraw(DSLContext sql, CastraEvent.StampWithdrawn stamp, Optional<RunId> by) {
    sql.update(STAMPS)
        .set(STAMPS.WITHDRAWN_AT, Times.utc(events.now()))
        .set(STAMPS.WITHDRAWN_BY_RUN_ID, by.map(RunId::value).orElse(null))
        .where(STAMPS.VM.eq(stamp.name().value()))
        .and(STAMPS.BASE_IMAGE_HASH.eq(stamp.baseImageHash().hex()))
        .and(STAMPS.BOOTSTRAP_ARTIFACT_HASH.eq(stamp.artifactHash().hex()))
        .execute();
  }
}
