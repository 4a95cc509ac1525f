package dev.castra.store;

/** The schema this Castra was built for; a test holds it against {@code db/migrations}. */
final class SchemaVersion {
  static final int CURRENT = 4;

  private SchemaVersion() {}
}
