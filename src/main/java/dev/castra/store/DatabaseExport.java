package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.Json;
import dev.castra.process.PrivateFiles;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Writes all of a record to files that need no database to be read. Changes nothing in it. */
public final class DatabaseExport {
  private final StateRoot root;
  private final RecordSource source;
  private final Optional<Path> engine;

  private DatabaseExport(StateRoot root, RecordSource source, Optional<Path> engine) {
    this.root = root;
    this.source = source;
    this.engine = engine;
  }

  /**
   * Exports one moment of the record, while others may write to it; of a damaged one what can be
   * read.
   *
   * @param folder new or empty
   * @param jar of the H2 that the file was written with; empty for the one that Castra is made with
   * @throws CastraException with {@code CANNOT_CREATE} if the folder cannot be used, with {@code
   *     DATABASE} if nothing can be read, with {@code DATABASE_TOO_NEW}
   */
  public static ExportManifest write(
      StateRoot root,
      Ticker ticker,
      Path folder,
      Optional<Path> jar,
      String castraVersion,
      Instant now) {
    requireEmpty(folder);
    OutputPlace.requireOutside(root, folder, folder);
    if (jar.isPresent()) {
      try (Engine engine = Engine.of(jar.get());
          RecordSource source = new RecordSource(() -> engine.open(root.database()))) {
        if (Files.notExists(root.databaseFile())) {
          throw ReadConnection.noRecord(root);
        }
        requireEngine(root, jar.get(), source);
        return new DatabaseExport(root, source, jar).write(folder, castraVersion, now);
      }
    }
    try (RecordSource source = ReadConnection.source(root, ticker)) {
      requireKnown(root, source);
      return new DatabaseExport(root, source, jar).write(folder, castraVersion, now);
    } catch (CastraException e) {
      throw e.hint().contains(DatabaseTrouble.WAY_BACK) ? nothing(e) : e;
    }
  }

  /** Of a damaged one not even the version may be readable. */
  private static void requireKnown(StateRoot root, RecordSource source) {
    try {
      source.connection();
    } catch (SQLException e) {
      // Not a second time: H2 keeps what it failed to open, and would only say that it is in use.
      throw DatabaseTrouble.translate(root.databaseFile(), e);
    }
    try {
      Migrations.requireKnown(source.connection(), root.database());
    } catch (SQLException e) {
      // What there is to say of it will be said when it is exported.
    }
  }

  /** To name the export as a way out would be a circle. */
  private static CastraException nothing(CastraException damaged) {
    return new CastraException(
        damaged.code(),
        damaged.getMessage(),
        "Not a row of it can be read, and nothing was changed. `castra db restore FILE` brings back"
            + " a backup; `before-schema-*.zip` beside it are such, if there are any.",
        damaged);
  }

  private static void requireEngine(StateRoot root, Path jar, RecordSource source) {
    try {
      source.connection();
    } catch (SQLException e) {
      throw new CastraException(
          ErrorCode.DATABASE,
          "The H2 in `%s` cannot read the database `%s`: %s."
              .formatted(jar, root.databaseFile(), DatabaseTrouble.reason(e)),
          "Nothing was changed. Name the jar of the H2 that wrote it; without `--engine` the"
              + " message says which that is.",
          e);
    }
  }

  private ExportManifest write(Path folder, String castraVersion, Instant now) {
    try {
      OptionalInt version = Migrations.version(source.connection());
      List<DatabaseTable> tables = DatabaseTable.all(source.connection());
      if (version.isEmpty()) {
        throw ReadConnection.noRecord(root);
      }
      PrivateFiles.createFolder(folder);
      List<ExportManifest.Table> exported = new ArrayList<>();
      for (DatabaseTable table : tables) {
        exported.add(export(folder, table));
      }
      if (engine.isEmpty()) {
        exported = compared(exported, DatabaseCheck.ofRelations(source, tables));
      }
      ExportManifest manifest =
          new ExportManifest(
              castraVersion,
              now,
              version.getAsInt(),
              Engine.version(source.connection()),
              exported);
      PrivateFiles.writeAtomically(
          folder.resolve(ExportManifest.FILE), Json.pretty(manifest.fields()) + "\n");
      DatabaseBackup.sync(folder);
      return manifest;
    } catch (SQLException e) {
      throw DatabaseTrouble.translate(root.databaseFile(), e);
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.IO,
          "The export to `" + folder + "` failed: " + DatabaseTrouble.reason(e) + ".",
          "Check that the folder is writable and its disk is not full, and empty it.",
          e);
    }
  }

  private ExportManifest.Table export(Path folder, DatabaseTable table) throws IOException {
    TableFiles files = TableFiles.in(folder, table);
    TableScan.Outcome outcome;
    try (files) {
      outcome = new TableScan(source, table).run(files);
    }
    return new ExportManifest.Table(
        table.fileName(), outcome.rows(), nextIdentity(table), files.hashes(), outcome.troubles());
  }

  private static List<ExportManifest.Table> compared(
      List<ExportManifest.Table> tables, List<DatabaseCheck.Finding> findings) {
    return tables.stream()
        .map(
            table ->
                table.with(
                    findings.stream()
                        .filter(finding -> finding.table().equals(table.name()))
                        .map(DatabaseCheck.Finding::message)
                        .toList()))
        .toList();
  }

  /** Engines before 2.0 do not tell; the newest row then does. */
  private Optional<Long> nextIdentity(DatabaseTable table) {
    try {
      return PlainQuery.first(
          source.connection(),
          row -> row.getLong(1),
          "SELECT identity_base FROM information_schema.columns WHERE table_schema = 'PUBLIC'"
              + " AND table_name = ? AND is_identity = 'YES'",
          table.name());
    } catch (SQLException e) {
      return Optional.empty();
    }
  }

  private static void requireEmpty(Path folder) {
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> content = Files.list(folder)) {
      if (content.findAny().isEmpty()) {
        return;
      }
    } catch (IOException e) {
      // It is no folder, or one that cannot be looked into.
    }
    throw new CastraException(
        ErrorCode.CANNOT_CREATE,
        "`" + folder + "` is not a new or empty folder.",
        "Name another one, or empty it.");
  }
}
