package dev.castra.store;

import static dev.castra.store.jooq.Tables.BASE_IMAGES;

import dev.castra.image.ImageFingerprint;
import dev.castra.image.ImageHashCache;
import dev.castra.vm.Sha256;
import java.util.Optional;

/** Remembers content hashes of base images by path, size, mtime and inode. */
public final class ImageHashStore implements ImageHashCache {
  private final Database database;
  private final EventLog events;

  public ImageHashStore(Database database, EventLog events) {
    this.database = database;
    this.events = events;
  }

  @Override
  public Optional<Sha256> find(ImageFingerprint image) {
    return database.transaction(
        sql ->
            sql.select(BASE_IMAGES.BASE_IMAGE_HASH)
                .from(BASE_IMAGES)
                .where(BASE_IMAGES.PATH.eq(image.path().toString()))
                .and(BASE_IMAGES.SIZE_BYTES.eq(image.sizeBytes()))
                .and(BASE_IMAGES.MTIME_NS.eq(image.mtimeNs()))
                .and(BASE_IMAGES.INODE.eq(image.inode()))
                .fetchOptional(row -> new Sha256(row.value1())));
  }

  @Override
  public void remember(ImageFingerprint image, Sha256 hash) {
    database.transaction(
        sql ->
            sql.mergeInto(BASE_IMAGES)
                .columns(
                    BASE_IMAGES.PATH,
                    BASE_IMAGES.SIZE_BYTES,
                    BASE_IMAGES.MTIME_NS,
                    BASE_IMAGES.INODE,
                    BASE_IMAGES.BASE_IMAGE_HASH,
                    BASE_IMAGES.HASHED_AT)
                .key(BASE_IMAGES.PATH)
                .values(
                    image.path().toString(),
                    image.sizeBytes(),
                    image.mtimeNs(),
                    image.inode(),
                    hash.hex(),
                    Times.utc(events.now()))
                .execute());
  }
}
