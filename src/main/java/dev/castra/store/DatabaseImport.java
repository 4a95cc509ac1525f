package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.Json;
import dev.castra.process.JsonScalars;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/** Makes a database of an export: the schema of its version, then every row as it was. */
final class DatabaseImport {
  private static final int BATCH = 500;

  private final Path folder;
  private final Map<String, String> manifest;
  private final List<DatabaseCheck.Finding> rejected = new ArrayList<>();

  private DatabaseImport(Path folder, Map<String, String> manifest) {
    this.folder = folder;
    this.manifest = manifest;
  }

  /**
   * Reads the manifest and sees that the files are those it speaks of.
   *
   * @throws CastraException with {@code IO} if it is no export, or was changed
   */
  static DatabaseImport from(Path folder) {
    try {
      DatabaseImport export =
          new DatabaseImport(
              folder, JsonScalars.parse(Files.readString(folder.resolve(ExportManifest.FILE))));
      export.requireUnchanged();
      return export;
    } catch (IOException e) {
      throw noExport(folder, DatabaseTrouble.reason(e), e);
    }
  }

  /** Of the schema that was exported. */
  int schemaVersion() {
    try {
      return Integer.parseInt(manifest.getOrDefault("/database_schema_version", ""));
    } catch (NumberFormatException e) {
      throw noExport(folder, "its manifest has no database_schema_version", e);
    }
  }

  /** False if some rows could not be read when it was made. */
  boolean complete() {
    return "true".equals(manifest.get("/complete"));
  }

  /** Rows that the schema does not allow, and that were left out. */
  List<DatabaseCheck.Finding> rejected() {
    return rejected;
  }

  private void requireUnchanged() throws IOException {
    for (int table = 0; manifest.containsKey("/tables/" + table); table++) {
      for (int i = 0; manifest.containsKey("/tables/" + table + "/files/" + i); i++) {
        String file = text("/tables/" + table + "/files/" + i + "/file");
        String sum = text("/tables/" + table + "/files/" + i + "/sha256");
        boolean read = file.endsWith(TableFiles.JSON_LINES);
        // Whoever edits one that is not read would not see why nothing comes of it.
        if ((read || Files.exists(folder.resolve(file)))
            && !sha256(folder.resolve(file)).equals(sum)) {
          throw new IOException("`" + file + "` was changed since");
        }
      }
    }
  }

  private String text(String pointer) throws IOException {
    String text = manifest.get(pointer);
    if (text == null) {
      throw new IOException("its manifest has no " + pointer);
    }
    return text;
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = TableFiles.newDigest();
    try (InputStream content = new DigestInputStream(Files.newInputStream(file), digest)) {
      content.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Fills a database file that does not exist yet. */
  void fill(Path database) throws SQLException, IOException {
    try {
      Upgrade.migrate(database, schemaVersion());
    } catch (FlywayException e) {
      throw new SQLException("the schema cannot be made: " + DatabaseTrouble.reason(e), e);
    }
    try (Connection connection = DatabaseUrl.open(DatabaseUrl.filled(database));
        Statement statement = connection.createStatement()) {
      // Rows come table by table; what they point to is checked afterwards.
      statement.execute("SET REFERENTIAL_INTEGRITY FALSE");
      connection.setAutoCommit(false);
      Map<String, DatabaseTable> tables = new HashMap<>();
      DatabaseTable.all(connection).forEach(table -> tables.put(table.fileName(), table));
      for (DatabaseTable table : tables.values()) {
        statement.execute("DELETE FROM " + table.sql());
      }
      for (int i = 0; manifest.containsKey("/tables/" + i); i++) {
        String name = text("/tables/" + i + "/table");
        DatabaseTable table = tables.get(name);
        if (table == null) {
          throw new IOException("schema version " + schemaVersion() + " has no table " + name);
        }
        insert(connection, table);
        continueIdentity(connection, table, manifest.get("/tables/" + i + "/next_identity"));
      }
      connection.commit();
      statement.execute("SET REFERENTIAL_INTEGRITY TRUE");
    }
  }

  private void insert(Connection connection, DatabaseTable table) throws SQLException, IOException {
    Path file = folder.resolve(table.fileName() + TableFiles.JSON_LINES);
    List<String> names =
        table.columns().stream().map(column -> column.name().toLowerCase(Locale.ROOT)).toList();
    String sql =
        "INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (%s)"
            .formatted(
                table.sql(),
                table.columnList(),
                names.stream().map(name -> "?").collect(Collectors.joining(", ")));
    try (BufferedReader lines = Files.newBufferedReader(file);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      int rows = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Map<String, @Nullable Object> values = Json.scalars(line);
        if (!names.containsAll(values.keySet())) {
          throw new IOException(
              "`" + file.getFileName() + "` has other columns: " + values.keySet());
        }
        for (int i = 0; i < names.size(); i++) {
          Object value = values.get(names.get(i));
          boolean bytes = table.columns().get(i).kind() == DatabaseTable.Kind.BYTES;
          statement.setObject(
              i + 1, bytes && value != null ? HexFormat.of().parseHex(value.toString()) : value);
        }
        statement.addBatch();
        if (++rows % BATCH == 0) {
          execute(statement, table, rows - BATCH);
          connection.commit();
        }
      }
      execute(statement, table, rows - rows % BATCH);
    }
  }

  /** H2 goes on behind a row that it refuses, and tells at the end. */
  private void execute(PreparedStatement statement, DatabaseTable table, int before)
      throws SQLException {
    try {
      statement.executeBatch();
    } catch (BatchUpdateException e) {
      int[] counts = e.getUpdateCounts();
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] == Statement.EXECUTE_FAILED) {
          rejected.add(
              new DatabaseCheck.Finding(
                  table.fileName(),
                  "line %d is left out: %s".formatted(before + i + 1, DatabaseTrouble.reason(e))));
        }
      }
    }
  }

  private static void continueIdentity(
      Connection connection, DatabaseTable table, @Nullable String exported) throws SQLException {
    String column =
        PlainQuery.first(
                connection,
                row -> row.getString(1),
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'PUBLIC'"
                    + " AND table_name = ? AND is_identity = 'YES'",
                table.name())
            .orElse("");
    if (column.isEmpty()) {
      return;
    }
    String name = DatabaseTable.quoted(column);
    long newest =
        PlainQuery.first(
                connection, row -> row.getLong(1), "SELECT MAX(" + name + ") FROM " + table.sql())
            .orElse(0L);
    long next = newest + 1;
    if (exported != null && exported.matches("[0-9]{1,18}")) {
      next = Math.max(next, Long.parseLong(exported));
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "ALTER TABLE " + table.sql() + " ALTER COLUMN " + name + " RESTART WITH " + next);
    }
  }

  static CastraException noExport(Path source, String why, @Nullable Throwable cause) {
    return new CastraException(
        ErrorCode.IO,
        "`" + source + "` cannot be restored: " + why + ".",
        "Name a file that `castra db backup` wrote, or a folder that `castra db export` wrote.",
        cause);
  }
}
