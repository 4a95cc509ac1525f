package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.PrivateFiles;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.vm.BootId;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A record in the making, under a state root of its own, until it takes the present one's place.
 * Nobody else can open the database or claim a VM meanwhile.
 */
public final class DatabaseRestore implements AutoCloseable {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final StateRoot root;
  private final StateRoot made;
  private final Ticker ticker;
  private final DatabaseLock lock;
  private final PresentRecord present;

  private DatabaseRestore(StateRoot root, Ticker ticker, DatabaseLock lock) throws IOException {
    this.root = root;
    this.made = Successor.restored(root);
    this.ticker = ticker;
    this.lock = lock;
    this.present = PresentRecord.read(lock.file(), made.path().resolve("present"));
  }

  /**
   * Locks the database and every claim. Waits up to 5 s for readers.
   *
   * @throws CastraException with {@code BUSY} if a castra has the database open or holds a claim
   */
  public static DatabaseRestore begin(StateRoot root, Ticker ticker) {
    StateFolder.open(root);
    try {
      DatabaseLock lock = DatabaseLock.take(root, ticker);
      try {
        removeRemains(root);
        PrivateFiles.createFolder(Successor.restored(root).databaseFolder());
        return new DatabaseRestore(root, ticker, lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * What was found in a backup or an export.
   *
   * @param schemaVersion it had; the record is upgraded then
   * @param complete false if some rows of an export could not be read when it was made
   */
  public record Filled(int schemaVersion, boolean complete, DatabaseCheck.Result check) {}

  /**
   * Makes the record from a backup file or an export's folder, and checks it.
   *
   * @throws CastraException with {@code IO} if {@code source} is neither, with {@code
   *     DATABASE_TOO_NEW} if it is of a newer Castra
   */
  public Filled fill(Path source) {
    try {
      boolean complete = true;
      List<DatabaseCheck.Finding> rejected = List.of();
      if (Files.isDirectory(source)) {
        DatabaseImport export = DatabaseImport.from(source);
        requireKnown(source, OptionalInt.of(export.schemaVersion()));
        complete = export.complete();
        export.fill(made.database());
        rejected = export.rejected();
      } else {
        DatabaseBackup.extract(source, made.databaseFile());
        DatabaseFile.requireReadable(made.databaseFile());
      }
      OptionalInt version = schemaVersion();
      requireKnown(source, version);
      Database.open(made, ticker).close();
      DatabaseCheck.Result check = DatabaseCheck.of(made.database()).with(rejected);
      return new Filled(version.orElse(0), complete, check);
    } catch (IOException e) {
      throw DatabaseImport.noExport(source, DatabaseTrouble.reason(e), e);
    } catch (SQLException e) {
      throw DatabaseImport.noExport(source, DatabaseTrouble.reason(e), e);
    }
  }

  private OptionalInt schemaVersion() throws SQLException {
    try (Connection connection = DatabaseUrl.open(DatabaseUrl.reader(made.database()))) {
      return Migrations.version(connection);
    }
  }

  private static void requireKnown(Path source, OptionalInt version) throws IOException {
    if (version.isEmpty()) {
      throw new IOException("it holds no record of Castra");
    }
    if (version.getAsInt() > SchemaVersion.CURRENT) {
      throw new CastraException(
          ErrorCode.DATABASE_TOO_NEW,
          "`%s` has schema version %d, and this Castra knows versions up to %d."
              .formatted(source, version.getAsInt(), SchemaVersion.CURRENT),
          "Use the newer Castra that wrote it. Nothing was changed.");
    }
  }

  /** Opens the record in the making; close it before {@link #takePlace}. */
  public Database open() {
    return Database.open(made, ticker);
  }

  /** Newest run of each VM in the record that is there now, as far as it can be read. */
  public Map<String, Long> presentRuns() {
    return present.newestRuns();
  }

  /** Runs whose stamps the record that is there now, as far as it can be read, has withdrawn. */
  public Set<Long> presentWithdrawals() {
    return present.withdrawn();
  }

  /** Where the record in the making has a disk of the VM. */
  public record DiskPlace(VmName vm, Path path) {}

  /** Every disk of the record in the making that is not said to be removed; of machines, none. */
  public List<DiskPlace> disks() {
    return read(
            "SELECT vm, path FROM disks WHERE state <> 'removed' ORDER BY vm, created_at",
            row -> new DiskPlace(new VmName(row.getString(1)), Path.of(row.getString(2))))
        .stream()
        .filter(disk -> disk.path().isAbsolute())
        .toList();
  }

  /** A boot of a VM, and the folder that was made for it. */
  public record BootPlace(VmName vm, BootId boot, Path folder) {}

  /** Every boot that has not ended as far as the record in the making knows. */
  public List<BootPlace> bootsUnderWay() {
    return read(
        "SELECT vm, boot_id, directory FROM boots WHERE ended_at IS NULL ORDER BY vm, started_at",
        row ->
            new BootPlace(
                new VmName(row.getString(1)),
                new BootId(row.getObject(2, UUID.class)),
                Path.of(row.getString(3))));
  }

  /** Every boot that the record in the making knows. */
  public Set<BootId> boots() {
    return new HashSet<>(
        read("SELECT boot_id FROM boots", row -> new BootId(row.getObject(1, UUID.class))));
  }

  /** Newest run in the record in the making; 0 if there is none. */
  public long newestRun() {
    return read("SELECT MAX(run_id) FROM runs", row -> row.getLong(1)).get(0);
  }

  /** VMs of the record in the making. */
  public List<VmName> vms() {
    return read("SELECT vm FROM vms ORDER BY position, vm", row -> new VmName(row.getString(1)));
  }

  private <T> List<T> read(String sql, PlainQuery.RowReader<T> reader) {
    try (Connection connection = DatabaseUrl.open(DatabaseUrl.reader(made.database()))) {
      return PlainQuery.all(connection, reader, sql);
    } catch (SQLException e) {
      throw DatabaseTrouble.translate(made.databaseFile(), e);
    }
  }

  /**
   * Sees to it that no number is given twice: runs go on above {@code newestRun} and what the
   * record has, events above those of the present record. If that cannot be read but there was one,
   * they go on at the number of milliseconds since 1970, which no record has reached.
   *
   * @param lived whether there are signs of an earlier record besides the database
   * @return sequence number of the newest event
   */
  public long continueNumbers(long newestRun, boolean lived, Instant now) {
    boolean lost = !present.readable() && (lock.foundFile() || lived);
    long atLeast = Math.max(present.lastSeq(), lost ? now.toEpochMilli() : 0);
    try (Connection connection = DatabaseUrl.open(DatabaseUrl.owner(made.database()));
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM claims");
      statement.execute(
          "UPDATE event_counters SET last_seq = " + atLeast + " WHERE last_seq < " + atLeast);
      long next =
          PlainQuery.first(
                  connection,
                  row -> row.getLong(1),
                  "SELECT identity_base FROM information_schema.columns WHERE table_schema ="
                      + " 'PUBLIC' AND table_name = 'RUNS' AND column_name = 'RUN_ID'")
              .orElse(1L);
      statement.execute(
          "ALTER TABLE runs ALTER COLUMN run_id RESTART WITH " + Math.max(next, newestRun + 1));
      return PlainQuery.first(
              connection, row -> row.getLong(1), "SELECT last_seq FROM event_counters")
          .orElse(0L);
    } catch (SQLException e) {
      throw DatabaseTrouble.translate(made.databaseFile(), e);
    }
  }

  /**
   * Gives the record in the making the database's name. The present file keeps another name beside
   * it, and at every instant there is one or the other under the database's name.
   *
   * @return where the present file is now; empty if there was none
   */
  public Optional<Path> takePlace(Instant now) {
    try {
      Optional<Path> aside = lock.foundFile() ? Optional.of(aside(now)) : Optional.empty();
      if (aside.isPresent()) {
        keep(aside.get());
      }
      Successor.replace(root, made.databaseFile());
      return aside;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private Path aside(Instant now) {
    String name = "castra-" + STAMP.format(now);
    Path aside = root.databaseFolder().resolve(name + ".mv.db");
    for (int i = 2; Files.exists(aside); i++) {
      aside = root.databaseFolder().resolve(name + "-" + i + ".mv.db");
    }
    return aside;
  }

  private void keep(Path aside) throws IOException {
    try {
      Files.createLink(aside, root.databaseFile());
    } catch (UnsupportedOperationException | FileSystemException noHardLinksHere) {
      Files.move(root.databaseFile(), aside, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static CastraException failed(IOException e) {
    return new CastraException(
        ErrorCode.IO,
        "The database could not be restored: " + DatabaseTrouble.reason(e) + ".",
        "It is as it was. Check that its folder is writable and the disk is not full.",
        e);
  }

  /** Removes what a killed upgrade, compaction or restore left; only for whoever has the lock. */
  static void removeRemains(StateRoot root) throws IOException {
    new Successor(root).discard();
    Compaction.removeScript(root);
    Path folder = Successor.restored(root).path();
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Override
  public void close() {
    try (lock) {
      removeRemains(root);
    } catch (IOException e) {
      // Whoever opens the database next removes the rest; what was done is done.
    }
  }
}
