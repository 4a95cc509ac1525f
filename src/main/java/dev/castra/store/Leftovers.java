package dev.castra.store;

import static dev.castra.store.jooq.Tables.ARTIFACTS;
import static dev.castra.store.jooq.Tables.ARTIFACT_ENTRIES;
import static dev.castra.store.jooq.Tables.BASE_IMAGES;
import static dev.castra.store.jooq.Tables.BOOTS;
import static dev.castra.store.jooq.Tables.CLAIMS;
import static dev.castra.store.jooq.Tables.DISKS;
import static dev.castra.store.jooq.Tables.EVENTS;
import static dev.castra.store.jooq.Tables.HANDSHAKES;
import static dev.castra.store.jooq.Tables.INVOCATIONS;
import static dev.castra.store.jooq.Tables.RUNS;
import static dev.castra.store.jooq.Tables.STAMPS;
import static dev.castra.store.jooq.Tables.VMS;

import dev.castra.process.ProcessIdentity;
import dev.castra.vm.BootId;
import dev.castra.vm.VmName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * What is recorded, is older than a moment, and no run speaks of any more. Many short transactions,
 * so that work that goes on is not held up. Repeatable.
 */
public final class Leftovers {
  /** Rows with such a condition are few enough for one short transaction. */
  private static final int AT_ONCE = 200;

  private final Database database;

  public Leftovers(Database database) {
    this.database = database;
  }

  /** Commands that were deleted, and events of theirs. */
  public record Commands(int invocations, int events) {}

  /** A start of a VM. */
  public record OldBoot(BootId id, VmName vm) {}

  /**
   * Deletes commands with their events. Never one that goes on, that told of a run that is kept, or
   * that told something after {@code cutoff}; nor the one with the newest event of all, since a log
   * that looks empty looks damaged.
   */
  public Commands deleteCommands(Instant cutoff) {
    List<UUID> invocations = invocations(cutoff);
    int events = 0;
    for (List<UUID> some : batches(invocations)) {
      events +=
          database.transaction(
              sql -> {
                int deleted = sql.deleteFrom(EVENTS).where(EVENTS.INVOCATION_ID.in(some)).execute();
                sql.deleteFrom(INVOCATIONS).where(INVOCATIONS.INVOCATION_ID.in(some)).execute();
                return deleted;
              });
    }
    return new Commands(invocations.size(), events);
  }

  private List<UUID> invocations(Instant cutoff) {
    return database.transaction(
        sql ->
            sql
                .selectFrom(INVOCATIONS)
                .where(
                    DSL.coalesce(INVOCATIONS.ENDED_AT, INVOCATIONS.STARTED_AT)
                        .lt(Times.utc(cutoff)))
                .andNotExists(mention(RUNS, RUNS.INVOCATION_ID, INVOCATIONS.INVOCATION_ID))
                .andNotExists(mention(CLAIMS, CLAIMS.INVOCATION_ID, INVOCATIONS.INVOCATION_ID))
                .andNotExists(toldOfMore(sql, cutoff))
                .fetch()
                .stream()
                .filter(
                    row ->
                        row.getEndedAt() != null
                            || !new ProcessIdentity(
                                    row.getPid(), row.getPidStartTicks(), row.getHostBootId())
                                .isAlive())
                .map(row -> row.getInvocationId())
                .toList());
  }

  /** Events of a command that keep it. */
  private static Select<?> toldOfMore(DSLContext sql, Instant cutoff) {
    Long newest = sql.select(DSL.max(EVENTS.SEQ)).from(EVENTS).fetchSingle().value1();
    return DSL.selectOne()
        .from(EVENTS)
        .where(EVENTS.INVOCATION_ID.eq(INVOCATIONS.INVOCATION_ID))
        .and(
            EVENTS
                .TS
                .ge(Times.utc(cutoff))
                .or(EVENTS.SEQ.eq(newest == null ? 0 : newest))
                .or(DSL.exists(mention(RUNS, RUNS.RUN_ID, EVENTS.RUN_ID))));
  }

  /** Starts of VMs that are over; their files are the caller's to delete, before the rows. */
  public List<OldBoot> boots(Instant cutoff) {
    return database.transaction(
        sql ->
            sql.select(BOOTS.BOOT_ID, BOOTS.VM)
                .from(BOOTS)
                .where(BOOTS.ENDED_AT.lt(Times.utc(cutoff)))
                .andNotExists(mention(RUNS, RUNS.BOOT_ID, BOOTS.BOOT_ID))
                .andNotExists(mention(VMS, VMS.BOOT_ID, BOOTS.BOOT_ID))
                .fetch(row -> new OldBoot(new BootId(row.value1()), new VmName(row.value2()))));
  }

  public boolean isRecorded(BootId boot) {
    return database.transaction(sql -> sql.fetchExists(BOOTS, BOOTS.BOOT_ID.eq(boot.value())));
  }

  /**
   * @param boots as {@link #boots} found them
   */
  public void deleteBoots(Collection<OldBoot> boots) {
    for (List<UUID> some : batches(boots.stream().map(boot -> boot.id().value()).toList())) {
      database.transaction(
          sql -> {
            sql.deleteFrom(HANDSHAKES).where(HANDSHAKES.BOOT_ID.in(some)).execute();
            return sql.deleteFrom(BOOTS).where(BOOTS.BOOT_ID.in(some)).execute();
          });
    }
  }

  /**
   * Deletes disks that have no file any more. Call once what mentions them is deleted.
   *
   * @return how many
   */
  public int deleteDisks(Instant cutoff) {
    List<UUID> disks =
        database.transaction(
            sql ->
                sql.select(DISKS.DISK_ID)
                    .from(DISKS)
                    .where(DISKS.STATE.eq("removed"))
                    .and(DISKS.CREATED_AT.lt(Times.utc(cutoff)))
                    .andNotExists(mention(RUNS, RUNS.DISK_ID, DISKS.DISK_ID))
                    .andNotExists(mention(BOOTS, BOOTS.DISK_ID, DISKS.DISK_ID))
                    .andNotExists(mention(STAMPS, STAMPS.DISK_ID, DISKS.DISK_ID))
                    .andNotExists(mention(VMS, VMS.DISK_ID, DISKS.DISK_ID))
                    .fetch(DISKS.DISK_ID));
    for (List<UUID> some : batches(disks)) {
      database.transaction(sql -> sql.deleteFrom(DISKS).where(DISKS.DISK_ID.in(some)).execute());
    }
    return disks.size();
  }

  /** Bootstrap artifacts of no run and no stamp. */
  public List<String> artifacts(Instant cutoff) {
    return database.transaction(
        sql ->
            sql.select(ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH)
                .from(ARTIFACTS)
                .where(ARTIFACTS.FIRST_SEEN_AT.lt(Times.utc(cutoff)))
                .andNotExists(
                    mention(RUNS, RUNS.BOOTSTRAP_ARTIFACT_HASH, ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH))
                .andNotExists(
                    mention(
                        STAMPS, STAMPS.BOOTSTRAP_ARTIFACT_HASH, ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH))
                .fetch(ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH));
  }

  /**
   * Deletes those that a run did not take up meanwhile.
   *
   * @param artifacts as {@link #artifacts} found them
   * @return how many
   */
  public int deleteArtifacts(Collection<String> artifacts) {
    return artifacts.stream()
        .mapToInt(hash -> database.transaction(sql -> deleteArtifact(sql, hash)))
        .sum();
  }

  /** Whoever starts a run locks its artifact, so that what is not in use now cannot be then. */
  private static int deleteArtifact(DSLContext sql, String hash) {
    sql.select(ARTIFACTS.PAYLOAD_BYTES)
        .from(ARTIFACTS)
        .where(ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH.eq(hash))
        .forUpdate()
        .fetch();
    if (sql.fetchExists(RUNS, RUNS.BOOTSTRAP_ARTIFACT_HASH.eq(hash))
        || sql.fetchExists(STAMPS, STAMPS.BOOTSTRAP_ARTIFACT_HASH.eq(hash))) {
      return 0;
    }
    sql.deleteFrom(ARTIFACT_ENTRIES)
        .where(ARTIFACT_ENTRIES.BOOTSTRAP_ARTIFACT_HASH.eq(hash))
        .execute();
    return sql.deleteFrom(ARTIFACTS).where(ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH.eq(hash)).execute();
  }

  /** Deletes remembered hashes of base images that no disk is made from. */
  public void deleteImages(Instant cutoff) {
    database.transaction(
        sql ->
            sql.deleteFrom(BASE_IMAGES)
                .where(BASE_IMAGES.HASHED_AT.lt(Times.utc(cutoff)))
                .andNotExists(mention(DISKS, DISKS.BASE_IMAGE_PATH, BASE_IMAGES.PATH))
                .execute());
  }

  private static <T> Select<?> mention(Table<?> table, Field<T> pointer, Field<T> key) {
    return DSL.selectOne().from(table).where(pointer.eq(key));
  }

  private static <T> List<List<T>> batches(List<T> all) {
    List<List<T>> batches = new ArrayList<>();
    for (int i = 0; i < all.size(); i += AT_ONCE) {
      batches.add(all.subList(i, Math.min(all.size(), i + AT_ONCE)));
    }
    return batches;
  }
}
