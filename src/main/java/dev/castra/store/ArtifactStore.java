package dev.castra.store;

import static dev.castra.store.jooq.Tables.ARTIFACTS;
import static dev.castra.store.jooq.Tables.ARTIFACT_ENTRIES;

import dev.castra.bootstrap.Artifact;
import dev.castra.bootstrap.Manifest;
import dev.castra.bootstrap.ManifestEntry;
import dev.castra.vm.Sha256;
import java.time.Instant;
import java.util.List;
import org.jooq.DSLContext;

/** Artifacts and their manifests, so that "what changed?" can be answered later. */
final class ArtifactStore {
  private ArtifactStore() {}

  /** Saves the manifest unless it is known. Repeatable. */
  static void save(DSLContext sql, Artifact artifact, Instant now) {
    String hash = artifact.hash().hex();
    if (isSaved(sql, hash)) {
      return;
    }
    // MERGE, because another VM's run may save the same artifact at this moment.
    sql.mergeInto(ARTIFACTS)
        .columns(
            ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH, ARTIFACTS.PAYLOAD_BYTES, ARTIFACTS.FIRST_SEEN_AT)
        .key(ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH)
        .values(hash, artifact.payloadBytes(), Times.utc(now))
        .execute();
    List<ManifestEntry> entries = artifact.manifest().entries();
    for (int i = 0; i < entries.size(); i++) {
      saveEntry(sql, hash, i, entries.get(i));
    }
  }

  /** Locks it until the run that needs it is committed: old artifacts are deleted. */
  private static boolean isSaved(DSLContext sql, String hash) {
    return sql.select(ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH)
        .from(ARTIFACTS)
        .where(ARTIFACTS.BOOTSTRAP_ARTIFACT_HASH.eq(hash))
        .forUpdate()
        .fetch()
        .isNotEmpty();
  }

  private static void saveEntry(DSLContext sql, String hash, int position, ManifestEntry entry) {
    sql.mergeInto(ARTIFACT_ENTRIES)
        .columns(
            ARTIFACT_ENTRIES.BOOTSTRAP_ARTIFACT_HASH,
            ARTIFACT_ENTRIES.POSITION,
            ARTIFACT_ENTRIES.KIND,
            ARTIFACT_ENTRIES.NAME,
            ARTIFACT_ENTRIES.MODE,
            ARTIFACT_ENTRIES.SIZE_BYTES,
            ARTIFACT_ENTRIES.SHA256)
        .key(ARTIFACT_ENTRIES.BOOTSTRAP_ARTIFACT_HASH, ARTIFACT_ENTRIES.POSITION)
        .values(
            hash,
            position,
            entry.kind().id(),
            entry.name(),
            entry.mode(),
            entry.sizeBytes(),
            entry.sha256().hex())
        .execute();
  }

  static Manifest load(DSLContext sql, Sha256 hash) {
    return new Manifest(
        sql.selectFrom(ARTIFACT_ENTRIES)
            .where(ARTIFACT_ENTRIES.BOOTSTRAP_ARTIFACT_HASH.eq(hash.hex()))
            .orderBy(ARTIFACT_ENTRIES.POSITION)
            .fetch(
                row ->
                    new ManifestEntry(
                        ManifestEntry.Kind.of(row.getKind()),
                        row.getName(),
                        row.getMode(),
                        row.getSizeBytes(),
                        new Sha256(row.getSha256()))));
  }
}
