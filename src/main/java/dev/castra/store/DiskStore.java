package dev.castra.store;

import static dev.castra.store.jooq.Tables.DISKS;
import static dev.castra.store.jooq.Tables.VMS;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.run.RunId;
import dev.castra.store.jooq.tables.records.DisksRecord;
import dev.castra.vm.DiskId;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** Overlays: recorded before they exist, never forgotten before they are removed. */
public final class DiskStore {
  private final Database database;
  private final EventLog events;

  public DiskStore(Database database, EventLog events) {
    this.database = database;
    this.events = events;
  }

  /** The VM's present disk, or one that was being made for it when its maker died. */
  public Optional<DiskRecord> present(VmName vm) {
    return database.transaction(
        sql ->
            sql.select(DISKS)
                .from(DISKS)
                .join(VMS)
                .on(VMS.DISK_ID.eq(DISKS.DISK_ID))
                .where(VMS.VM.eq(vm.value()))
                .fetchOptional(row -> toDisk(row.value1())));
  }

  /** Records the disk as the VM's, still to be made. */
  public void planned(DiskRecord disk) {
    database.transaction(
        sql -> {
          insert(sql, disk);
          return point(sql, disk.vm(), disk.id());
        });
  }

  /** The overlay's file exists. */
  public void created(DiskRecord disk) {
    events.commit(
        false,
        sql -> {
          sql.update(DISKS)
              .set(DISKS.STATE, "current")
              .where(DISKS.DISK_ID.eq(disk.id().value()))
              .execute();
          return new EventLog.Written<>(
              0,
              List.of(
                  new CastraEvent.DiskCreated(
                      disk.vm(), disk.id(), disk.baseImageHash(), disk.path().toString())));
        });
  }

  /** The same base image lies elsewhere now. */
  public void rebased(DiskId disk, Path baseImage) {
    database.transaction(
        sql ->
            sql.update(DISKS)
                .set(DISKS.BASE_IMAGE_PATH, baseImage.toString())
                .where(DISKS.DISK_ID.eq(disk.value()))
                .execute());
  }

  /** The disk is the VM's no longer; its file, if it has one, stays where the record says. */
  public void retired(DiskRecord disk, String reason) {
    events.commit(
        false,
        sql -> {
          sql.update(DISKS)
              .set(DISKS.STATE, "retired")
              .set(DISKS.RETIRED_AT, Times.utc(events.now()))
              .set(DISKS.RETIRED_REASON, Text.atMost(255, reason))
              .where(DISKS.DISK_ID.eq(disk.id().value()))
              .execute();
          unpoint(sql, disk);
          return new EventLog.Written<>(
              0,
              List.of(
                  new CastraEvent.DiskRetired(
                      disk.vm(), disk.id(), reason, disk.path().toString())));
        });
  }

  /** The disk's file was deleted. */
  public void removed(DiskRecord disk) {
    database.transaction(
        sql -> {
          sql.update(DISKS)
              .set(DISKS.STATE, "removed")
              .where(DISKS.DISK_ID.eq(disk.id().value()))
              .execute();
          return unpoint(sql, disk);
        });
  }

  /** Disks that are nobody's any more but still have a file. */
  public List<DiskRecord> retired() {
    return database.transaction(
        sql ->
            sql.selectFrom(DISKS)
                .where(DISKS.STATE.eq("retired"))
                .orderBy(DISKS.CREATED_AT)
                .fetch(DiskStore::toDisk));
  }

  /** The guest has shown this host key; from now on no other is accepted. */
  public void pinHostKey(DiskId disk, String hostKey) {
    database.transaction(
        sql ->
            sql.update(DISKS)
                .set(DISKS.HOST_KEY, hostKey)
                .set(DISKS.HOST_KEY_CONFIRMED, true)
                .where(DISKS.DISK_ID.eq(disk.value()))
                .execute());
  }

  /**
   * Records the identity of a machine that is not Castra's, as the VM's present disk.
   *
   * @throws CastraException with {@code HOST_KEY_MISMATCH} if another VM of castra.toml has its key
   */
  public void pinned(DiskRecord disk, String address, String fingerprint) {
    events.commit(
        false,
        sql -> {
          // One at a time: two VMs that come to know the same machine must not both miss the other.
          EventLog.lock(sql);
          refuseSharedKey(sql, disk.vm(), disk.hostKey());
          insert(sql, disk);
          point(sql, disk.vm(), disk.id());
          return new EventLog.Written<>(
              0,
              List.of(
                  new CastraEvent.MachinePinned(
                      disk.vm(), disk.id(), disk.baseImageHash(), address, fingerprint)));
        });
  }

  /**
   * Two VMs with one host key would be one machine with two records.
   *
   * @throws CastraException with {@code HOST_KEY_MISMATCH} if another VM of castra.toml has the key
   */
  public void refuseSharedKey(VmName vm, String hostKey) {
    database.transaction(
        sql -> {
          refuseSharedKey(sql, vm, hostKey);
          return 0;
        });
  }

  private static void refuseSharedKey(DSLContext sql, VmName vm, String hostKey) {
    Optional<VmName> owner = ownerOfHostKey(sql, hostKey, vm, DSL.condition(VMS.IN_CONFIG));
    if (owner.isPresent()) {
      throw sharedKey(vm, owner.get());
    }
  }

  /** Says that {@code vm} is refused the SSH host key that {@code owner} has. */
  public static CastraException sharedKey(VmName vm, VmName owner) {
    return new CastraException(
        ErrorCode.HOST_KEY_MISMATCH,
        "VM `%s` has the SSH host key of VM `%s`: they are one machine.".formatted(vm, owner),
        "Correct the `host` and `port` of one of them in castra.toml, or remove it.");
  }

  /** A machine that is not Castra's answered. */
  public void contacted(VmName vm, Duration duration, int attempts) {
    events.commit(
        false,
        sql -> {
          sql.update(VMS)
              .set(VMS.CONTACT_OK, true)
              .set(VMS.CONTACTED_AT, Times.utc(events.now()))
              .where(VMS.VM.eq(vm.value()))
              .execute();
          return new EventLog.Written<>(
              0, List.of(new CastraEvent.HandshakeCompleted(vm, duration.toMillis(), attempts)));
        });
  }

  /** A machine that is not Castra's did not answer. */
  public void notContacted(VmName vm) {
    database.transaction(
        sql -> sql.update(VMS).set(VMS.CONTACT_OK, false).where(VMS.VM.eq(vm.value())).execute());
  }

  /** Which other VM of the project has this host key. */
  public Optional<VmName> ownerOfHostKey(String hostKey, VmName except) {
    return database.transaction(sql -> ownerOfHostKey(sql, hostKey, except, DSL.trueCondition()));
  }

  private static Optional<VmName> ownerOfHostKey(
      DSLContext sql, String hostKey, VmName except, Condition among) {
    return sql
        .select(VMS.VM, DISKS.HOST_KEY)
        .from(VMS)
        .join(DISKS)
        .on(DISKS.DISK_ID.eq(VMS.DISK_ID))
        .where(VMS.VM.ne(except.value()))
        .and(among)
        .fetch()
        .stream()
        .filter(row -> isSameKey(row.value2(), hostKey))
        .findFirst()
        .map(row -> new VmName(row.value1()));
  }

  static boolean isSameKey(String line, String other) {
    return keyWithoutComment(line).equals(keyWithoutComment(other));
  }

  private static String keyWithoutComment(String line) {
    String[] words = line.split(" ", 3);
    return words.length < 2 ? line : words[0] + " " + words[1];
  }

  private void insert(DSLContext sql, DiskRecord disk) {
    sql.mergeInto(DISKS)
        .columns(
            DISKS.DISK_ID,
            DISKS.VM,
            DISKS.PATH,
            DISKS.BASE_IMAGE_PATH,
            DISKS.BASE_IMAGE_HASH,
            DISKS.HOST_KEY,
            DISKS.HOST_KEY_CONFIRMED,
            DISKS.DISPOSABLE,
            DISKS.STATE,
            DISKS.CREATED_AT)
        .key(DISKS.DISK_ID)
        .values(
            disk.id().value(),
            disk.vm().value(),
            disk.path().toString(),
            disk.baseImagePath().toString(),
            disk.baseImageHash().hex(),
            disk.hostKey(),
            disk.hostKeyConfirmed(),
            disk.disposable(),
            disk.complete() ? "current" : "creating",
            Times.utc(events.now()))
        .execute();
  }

  private static int point(DSLContext sql, VmName vm, DiskId disk) {
    return sql.update(VMS).set(VMS.DISK_ID, disk.value()).where(VMS.VM.eq(vm.value())).execute();
  }

  private static int unpoint(DSLContext sql, DiskRecord disk) {
    return sql.update(VMS)
        .setNull(VMS.DISK_ID)
        .where(VMS.VM.eq(disk.vm().value()))
        .and(VMS.DISK_ID.eq(disk.id().value()))
        .execute();
  }

  private static DiskRecord toDisk(DisksRecord row) {
    return new DiskRecord(
        new DiskId(row.getDiskId()),
        new VmName(row.getVm()),
        Path.of(row.getPath()),
        Path.of(row.getBaseImagePath()),
        new Sha256(row.getBaseImageHash()),
        row.getHostKey(),
        row.getHostKeyConfirmed(),
        row.getDisposable(),
        !row.getState().equals("creating"),
        Optional.ofNullable(row.getLastSuccessRunId()).map(RunId::new));
  }
}
