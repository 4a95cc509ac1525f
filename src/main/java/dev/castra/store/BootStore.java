package dev.castra.store;

import static dev.castra.store.jooq.Tables.BOOTS;
import static dev.castra.store.jooq.Tables.HANDSHAKES;
import static dev.castra.store.jooq.Tables.PORT_FORWARDS;
import static dev.castra.store.jooq.Tables.VMS;

import dev.castra.event.CastraEvent;
import dev.castra.process.ProcessIdentity;
import dev.castra.vm.BootId;
import dev.castra.vm.DiskId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Record;

/** Starts of VMs, their ports and their handshakes. */
public final class BootStore {
  private final Database database;
  private final EventLog events;

  public BootStore(Database database, EventLog events) {
    this.database = database;
    this.events = events;
  }

  /** The VM's newest boot. */
  public Optional<BootRecord> latest(VmName vm) {
    return database.transaction(
        sql ->
            sql.select()
                .from(VMS)
                .join(BOOTS)
                .on(BOOTS.BOOT_ID.eq(VMS.BOOT_ID))
                .leftJoin(HANDSHAKES)
                .on(HANDSHAKES.BOOT_ID.eq(BOOTS.BOOT_ID))
                .where(VMS.VM.eq(vm.value()))
                .fetchOptional(BootStore::toBoot));
  }

  /** Newest boots of every VM ever recorded, configured or not. */
  public List<BootRecord> latestOfAll() {
    return database.transaction(
        sql ->
            sql.select()
                .from(VMS)
                .join(BOOTS)
                .on(BOOTS.BOOT_ID.eq(VMS.BOOT_ID))
                .leftJoin(HANDSHAKES)
                .on(HANDSHAKES.BOOT_ID.eq(BOOTS.BOOT_ID))
                .orderBy(VMS.POSITION, VMS.VM)
                .fetch(BootStore::toBoot));
  }

  /** Records a start before it is tried, so that a process started and orphaned can be found. */
  public void planned(BootId boot, VmName vm, DiskId disk, Path directory, String accel) {
    database.transaction(
        sql -> {
          sql.mergeInto(BOOTS)
              .columns(
                  BOOTS.BOOT_ID,
                  BOOTS.VM,
                  BOOTS.DISK_ID,
                  BOOTS.DIRECTORY,
                  BOOTS.ACCEL,
                  BOOTS.STARTED_AT)
              .key(BOOTS.BOOT_ID)
              .values(
                  boot.value(),
                  vm.value(),
                  disk.value(),
                  directory.toString(),
                  accel,
                  Times.utc(events.now()))
              .execute();
          return sql.update(VMS)
              .set(VMS.BOOT_ID, boot.value())
              .where(VMS.VM.eq(vm.value()))
              .execute();
        });
  }

  /**
   * Replaces the VM's ports by those of the start that is about to be tried: whoever finds a
   * process that its starter could not record any more needs them to reach the guest.
   */
  public void portsChosen(VmName vm, List<ForwardedPort> ports) {
    database.transaction(
        sql -> {
          sql.deleteFrom(PORT_FORWARDS).where(PORT_FORWARDS.VM.eq(vm.value())).execute();
          for (int i = 0; i < ports.size(); i++) {
            insertPort(sql, vm, ports.get(i), i);
          }
          return ports.size();
        });
  }

  /** The VM's process runs, with the ports chosen before. */
  public void started(
      BootId boot, VmName vm, ProcessIdentity process, String accel, List<ForwardedPort> ports) {
    events.commit(
        false,
        sql -> {
          recordProcess(sql, boot, process);
          sql.update(BOOTS)
              .set(BOOTS.ACCEL, accel)
              .set(BOOTS.STARTED_AT, Times.utc(events.now()))
              .where(BOOTS.BOOT_ID.eq(boot.value()))
              .execute();
          return new EventLog.Written<>(
              0, List.of(new CastraEvent.VmStarted(vm, process.pid(), accel, ports)));
        });
  }

  /** A process found running that its starter could not record any more. */
  public void adopted(BootId boot, ProcessIdentity process) {
    database.transaction(sql -> recordProcess(sql, boot, process));
  }

  /** Somebody wants the VM to stop; a run on it is interrupted by that, not failed. */
  public void stopRequested(BootId boot) {
    database.transaction(
        sql ->
            sql.update(BOOTS)
                .set(BOOTS.STOP_REQUESTED_AT, Times.utc(events.now()))
                .where(BOOTS.BOOT_ID.eq(boot.value()))
                .execute());
  }

  /**
   * Nobody pursues this wish to stop the VM any more, and it runs. A later wish stays.
   *
   * @param requestedAt as recorded
   */
  public void stopLapsed(BootId boot, Instant requestedAt) {
    database.transaction(
        sql ->
            sql.update(BOOTS)
                .setNull(BOOTS.STOP_REQUESTED_AT)
                .where(BOOTS.BOOT_ID.eq(boot.value()))
                .and(BOOTS.STOP_REQUESTED_AT.eq(Times.utc(requestedAt)))
                .execute());
  }

  /**
   * The VM's process is gone. Repeatable; the first reason stays. A boot without a recorded process
   * may be starting just now: only the holder of the VM's claim can tell that it is over.
   */
  public void ended(BootId boot, String reason) {
    database.transaction(
        sql ->
            sql.update(BOOTS)
                .set(BOOTS.ENDED_AT, Times.utc(events.now()))
                .set(BOOTS.END_REASON, Text.atMost(255, reason))
                .where(BOOTS.BOOT_ID.eq(boot.value()))
                .and(BOOTS.ENDED_AT.isNull())
                .execute());
  }

  /** The guest answered in this boot. Only the first answer is recorded and told. */
  public void shaken(BootId boot, VmName vm, Duration duration, int attempts) {
    if (latest(vm)
        .filter(known -> known.id().equals(boot))
        .flatMap(BootRecord::shakenAt)
        .isPresent()) {
      return;
    }
    events.commit(
        false,
        sql -> {
          sql.mergeInto(HANDSHAKES)
              .columns(
                  HANDSHAKES.BOOT_ID,
                  HANDSHAKES.VM,
                  HANDSHAKES.SHAKEN_AT,
                  HANDSHAKES.DURATION_MS,
                  HANDSHAKES.ATTEMPTS)
              .key(HANDSHAKES.BOOT_ID)
              .values(
                  boot.value(), vm.value(), Times.utc(events.now()), duration.toMillis(), attempts)
              .execute();
          return new EventLog.Written<>(
              0, List.of(new CastraEvent.HandshakeCompleted(vm, duration.toMillis(), attempts)));
        });
  }

  /** Ports of the VM's newest boot, in configuration order. */
  public List<ForwardedPort> ports(VmName vm) {
    return database.transaction(
        sql ->
            sql.selectFrom(PORT_FORWARDS)
                .where(PORT_FORWARDS.VM.eq(vm.value()))
                .orderBy(PORT_FORWARDS.POSITION)
                .fetch(
                    row ->
                        new ForwardedPort(
                            row.getHostAddress(),
                            row.getHostPort(),
                            row.getGuestPort(),
                            row.getProtocol().equals("tcp")
                                ? ForwardedPort.Protocol.TCP
                                : ForwardedPort.Protocol.UDP)));
  }

  /** Host ports that other VMs of the project remember. */
  public List<Integer> portsOfOthers(VmName vm) {
    return database.transaction(
        sql ->
            sql.select(PORT_FORWARDS.HOST_PORT)
                .from(PORT_FORWARDS)
                .where(PORT_FORWARDS.VM.ne(vm.value()))
                .fetch(PORT_FORWARDS.HOST_PORT));
  }

  private static int recordProcess(DSLContext sql, BootId boot, ProcessIdentity process) {
    return sql.update(BOOTS)
        .set(BOOTS.PID, process.pid())
        .set(BOOTS.PID_START_TICKS, process.startTicks())
        .set(BOOTS.HOST_BOOT_ID, process.hostBootId())
        // Whoever called the boot over before its process was seen was wrong.
        .setNull(BOOTS.ENDED_AT)
        .setNull(BOOTS.END_REASON)
        .where(BOOTS.BOOT_ID.eq(boot.value()))
        .execute();
  }

  private static void insertPort(DSLContext sql, VmName vm, ForwardedPort port, int position) {
    sql.insertInto(PORT_FORWARDS)
        .set(PORT_FORWARDS.VM, vm.value())
        .set(PORT_FORWARDS.GUEST_PORT, port.guestPort())
        .set(PORT_FORWARDS.PROTOCOL, port.protocol().id())
        .set(PORT_FORWARDS.HOST_ADDRESS, port.hostAddress())
        .set(PORT_FORWARDS.HOST_PORT, port.hostPort())
        .set(PORT_FORWARDS.POSITION, position)
        .execute();
  }

  private static BootRecord toBoot(Record row) {
    Long pid = row.get(BOOTS.PID);
    return new BootRecord(
        new BootId(row.get(BOOTS.BOOT_ID)),
        new VmName(row.get(BOOTS.VM)),
        new DiskId(row.get(BOOTS.DISK_ID)),
        Path.of(row.get(BOOTS.DIRECTORY)),
        pid == null
            ? Optional.empty()
            : Optional.of(
                new ProcessIdentity(
                    pid, row.get(BOOTS.PID_START_TICKS), row.get(BOOTS.HOST_BOOT_ID))),
        Optional.ofNullable(row.get(BOOTS.STOP_REQUESTED_AT)).map(OffsetDateTime::toInstant),
        row.get(BOOTS.ENDED_AT) != null,
        Optional.ofNullable(row.get(HANDSHAKES.SHAKEN_AT)).map(OffsetDateTime::toInstant));
  }
}
