package dev.castra.store;

import dev.castra.process.PrivateFiles;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/**
 * A database made beside the present one, which takes its place by one rename: at every instant
 * there is the old one or the new one.
 */
final class Successor {
  /** How long others wait for one: a record of gigabytes is copied and read in this time. */
  static final Duration LONGEST = Duration.ofMinutes(10);

  private static final String NAME = "upgrade";
  private static final String RESTORED = "restore";

  private final StateRoot root;
  private final Path database;
  private final Path file;

  Successor(StateRoot root) {
    this.root = root;
    this.database = root.databaseFolder().resolve(NAME);
    this.file = fileOf(root);
  }

  /** True while a process makes one, and after one that was killed doing so. */
  static boolean isUnderWay(StateRoot root) {
    return Files.exists(fileOf(root)) || Files.exists(restored(root).path());
  }

  /** Where a restored record is made: an ordinary state root that only holds a database. */
  static StateRoot restored(StateRoot root) {
    return new StateRoot(root.databaseFolder().resolve(RESTORED));
  }

  private static Path fileOf(StateRoot root) {
    return root.databaseFolder().resolve(NAME + ".mv.db");
  }

  /** Tells those who find the database locked what they wait for. */
  void announce() throws IOException {
    PrivateFiles.write(file, new byte[0]);
  }

  /** As H2 takes it, without the ending of the file. */
  Path database() {
    return database;
  }

  Path file() {
    return file;
  }

  /**
   * @throws IOException if it has other rows than {@code wanted}
   */
  void requireRows(Map<String, Long> wanted, String what) throws SQLException, IOException {
    try (Connection copied = DatabaseUrl.open(DatabaseUrl.reader(database))) {
      Map<String, Long> counted = TableCounts.of(copied);
      if (!counted.equals(wanted)) {
        throw new IOException(what + " holds other rows: " + counted);
      }
    }
  }

  /** Call while the present file is still locked, so that nobody can write to it any more. */
  void takePlace() throws IOException {
    replace(root, file);
  }

  /** Gives {@code made} the database's name, durably. */
  static void replace(StateRoot root, Path made) throws IOException {
    DatabaseBackup.sync(made);
    Files.move(made, root.databaseFile(), StandardCopyOption.ATOMIC_MOVE);
    DatabaseBackup.sync(root.databaseFolder());
  }

  /** Removes what is left of it; idempotent. */
  void discard() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // The next one begins with removing it; the failure that led here matters more.
    }
  }
}
