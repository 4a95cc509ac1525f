package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalInt;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.h2.jdbcx.JdbcDataSource;

/**
 * Brings a database to the present schema. H2 commits each statement of a migration by itself, so
 * the migrations are applied to a copy, which then takes the database's place by one rename:
 * however an upgrade ends, there is the old schema or the new one, and the backup it began with.
 */
final class Upgrade {
  private static final String BACKUPS = "before-schema-*.zip";

  private final StateRoot root;
  private final Successor copy;

  Upgrade(StateRoot root) {
    this.root = root;
    this.copy = new Successor(root);
  }

  /**
   * Upgrades the database that {@code old} has open for itself. The caller then closes it, and
   * finds the upgraded one under its name.
   *
   * @throws CastraException with {@code DATABASE} if it fails; the database is as it was then
   */
  void run(Connection old) {
    try {
      Path backup =
          root.databaseFolder().resolve("before-schema-" + SchemaVersion.CURRENT + ".zip");
      copy.announce();
      DatabaseBackup.write(old, backup);
      DatabaseBackup.extract(backup, copy.file());
      // A backup that nobody has opened is a hope.
      copy.requireRows(TableCounts.of(old), "the backup `" + backup + "`");
      migrate(copy.database());
      requireCurrent();
      copy.takePlace();
      removeEarlierBackups(backup);
    } catch (FlywayException | SQLException | IOException e) {
      throw failed(root, e);
    } finally {
      copy.discard();
    }
  }

  /** Applies to a database of this process every migration that it lacks. */
  static void migrate(Path database) {
    migrate(database, SchemaVersion.CURRENT);
  }

  /** Applies every migration up to {@code version}. */
  static void migrate(Path database, int version) {
    JdbcDataSource source = new JdbcDataSource();
    source.setURL(DatabaseUrl.owner(database));
    source.setUser(DatabaseUrl.USER);
    source.setPassword(DatabaseUrl.PASSWORD);
    Flyway flyway =
        Flyway.configure(Upgrade.class.getClassLoader())
            .dataSource(source)
            .locations("classpath:db/migrations")
            .target(String.valueOf(version))
            .failOnMissingLocations(true)
            .load();
    // Forgets a migration that failed; each can be repeated from where it was cut short.
    flyway.repair();
    flyway.migrate();
  }

  static CastraException failed(StateRoot root, Exception e) {
    return new CastraException(
        ErrorCode.DATABASE,
        "The database `"
            + root.databaseFile()
            + "` could not be migrated: "
            + DatabaseTrouble.reason(e)
            + ".",
        "Nothing was deleted. Check that the disk is not full, then run the command again.",
        e);
  }

  private void requireCurrent() throws SQLException, IOException {
    try (Connection migrated = DatabaseUrl.open(DatabaseUrl.reader(copy.database()))) {
      OptionalInt version = Migrations.version(migrated);
      if (version.isEmpty() || version.getAsInt() != SchemaVersion.CURRENT) {
        throw new IOException("the migrated copy has schema version " + version);
      }
    }
  }

  private void removeEarlierBackups(Path newest) {
    try (DirectoryStream<Path> backups = Files.newDirectoryStream(root.databaseFolder(), BACKUPS)) {
      for (Path backup : backups) {
        if (!backup.equals(newest)) {
          Files.delete(backup);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // The upgrade is done; an old backup too many does no harm, and the next one tries again.
    }
  }
}
