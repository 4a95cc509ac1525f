package dev.castra.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The databases that this process is done with, and serves to others until it ends; see
 * docs/adr/0003. Of the process, as the locks on their files are.
 */
public final class LeftOpenDatabases {
  private static final Map<Path, HandoverDataSource> SOURCES = new ConcurrentHashMap<>();

  private LeftOpenDatabases() {}

  /** If so, the process must end without ado: H2's own work at its end would meet the clients'. */
  public static boolean any() {
    return !SOURCES.isEmpty();
  }

  static boolean has(Path file) {
    return SOURCES.containsKey(file);
  }

  static void add(Path file, HandoverDataSource source) {
    SOURCES.put(file, source);
  }

  static void remove(Path file, HandoverDataSource source) {
    SOURCES.remove(file, source);
  }

  /** Lets go of the database if its clients have left meanwhile. */
  static void closeUnused(Path file) throws SQLException {
    HandoverDataSource source = SOURCES.get(file);
    if (source != null) {
      source.close();
    }
  }
}
