package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.project.StateRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalInt;
import org.flywaydb.core.api.FlywayException;

/** Brings the schema up to date. Only the process that owns the database file comes here. */
final class Migrations {
  private static final int TABLE_NOT_FOUND = 42102;
  private static final int TABLE_NOT_FOUND_EMPTY = 42104;

  private Migrations() {}

  /**
   * Migrates if need be; one query when there is nothing to do.
   *
   * @return true if the schema was changed. The caller then closes every connection and opens the
   *     database anew: an upgraded one is another file, and H2 2.4.240 evaluates a check constraint
   *     in the session that created it, and fails once that session, Flyway's, is closed.
   * @throws CastraException with {@code DATABASE} if a migration fails, or if there are VMs but no
   *     record of them
   */
  static boolean apply(Connection connection, StateRoot root) throws SQLException {
    OptionalInt version = version(connection);
    if (version.isPresent() && version.getAsInt() == SchemaVersion.CURRENT) {
      return false;
    }
    if (version.isPresent()) {
      new Upgrade(root).run(connection);
      return true;
    }
    refuseLostRecord(root);
    removeRemains(connection);
    try {
      Upgrade.migrate(root.database());
      return true;
    } catch (FlywayException e) {
      throw Upgrade.failed(root, e);
    }
  }

  /** A first migration that was cut short left tables behind: H2 commits each by itself. */
  private static void removeRemains(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP ALL OBJECTS");
    }
  }

  /**
   * A listing without the VMs would say that there are none, and a new record would know none.
   *
   * @throws CastraException with {@code DATABASE} if there are VMs, or logs of runs, beside the
   *     empty database
   */
  static void refuseLostRecord(StateRoot root) {
    if (Files.exists(root.vmsFolder())) {
      throw lost(root, root.vmsFolder(), "VMs");
    }
    // Machines that are not Castra's leave nothing else.
    if (Files.exists(root.bootstrapLogs())) {
      throw lost(root, root.bootstrapLogs(), "logs");
    }
  }

  private static CastraException lost(StateRoot root, Path sign, String what) {
    return new CastraException(
        ErrorCode.DATABASE,
        "The database `%s` holds nothing, but `%s` has %s."
            .formatted(root.databaseFile(), sign, what),
        DatabaseTrouble.WAY_BACK);
  }

  /**
   * False if the schema is older than this Castra's, which can only be if an older Castra is
   * serving it at this moment.
   *
   * @throws CastraException with {@code DATABASE_TOO_NEW} if it is beyond this Castra
   */
  static boolean isCurrent(Connection connection, StateRoot root) throws SQLException {
    requireKnown(connection, root.database());
    OptionalInt version = version(connection);
    return version.isPresent() && version.getAsInt() == SchemaVersion.CURRENT;
  }

  /** Newest migration in the database; empty if it has no schema yet. */
  static OptionalInt version(Connection connection) throws SQLException {
    String query =
        "SELECT MAX(CAST(\"version\" AS INTEGER)) FROM \"flyway_schema_history\" WHERE \"success\"";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      int version = row.getInt(1);
      return row.wasNull() ? OptionalInt.empty() : OptionalInt.of(version);
    } catch (SQLException e) {
      if (e.getErrorCode() == TABLE_NOT_FOUND || e.getErrorCode() == TABLE_NOT_FOUND_EMPTY) {
        return OptionalInt.empty();
      }
      throw e;
    }
  }

  /**
   * @throws CastraException with {@code DATABASE_TOO_NEW} if the schema is beyond this Castra
   */
  static void requireKnown(Connection connection, Path database) throws SQLException {
    OptionalInt version = version(connection);
    if (version.isPresent() && version.getAsInt() > SchemaVersion.CURRENT) {
      throw new CastraException(
          ErrorCode.DATABASE_TOO_NEW,
          "The database `%s.mv.db` has schema version %d, and this Castra knows versions up to %d."
              .formatted(database, version.getAsInt(), SchemaVersion.CURRENT),
          newerNeeded(connection));
    }
  }

  /** The schema is not known, so nothing of it may be relied on. */
  private static String newerNeeded(Connection connection) {
    String last = "";
    try {
      last =
          PlainQuery.first(
                  connection,
                  row -> " (its last command is of version " + row.getString(1) + ")",
                  "SELECT castra_version FROM invocations ORDER BY started_at DESC"
                      + " FETCH FIRST 1 ROW ONLY")
              .orElse("");
    } catch (SQLException e) {
      // The number of the schema has to do.
    }
    return "Use the newer Castra that wrote it" + last + ". Nothing was changed.";
  }
}
