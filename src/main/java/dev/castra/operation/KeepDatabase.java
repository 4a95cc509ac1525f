package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.project.Project;
import dev.castra.store.BackupFile;
import dev.castra.store.Compaction;
import dev.castra.store.DatabaseCheck;
import dev.castra.store.DatabaseExport;
import dev.castra.store.ExportManifest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks after the record without changing it; works while others write to it. */
public final class KeepDatabase {
  private final Project project;
  private final Host host;

  public KeepDatabase(Project project, Host host) {
    this.project = project;
    this.host = host;
  }

  /**
   * Reads all of the record and the names of its logs.
   *
   * @throws CastraException if the database cannot be opened at all
   */
  public DatabaseReport check() {
    DatabaseCheck.Result result = DatabaseCheck.of(project.stateRoot(), host.ticker());
    return new DatabaseReport(
        project.name(),
        project.stateRoot().databaseFile(),
        result.schemaVersion(),
        result.rows(),
        findings(result));
  }

  /**
   * Writes a backup and opens it to see that it is one.
   *
   * @param target absolute
   * @param replace whether a file of that name may be replaced
   * @return rows of each table in it
   * @throws CastraException if the name is taken, or the record or the disk is in trouble
   */
  public Map<String, Long> backUp(Path target, boolean replace) {
    return BackupFile.write(project.stateRoot(), host.ticker(), target, replace);
  }

  /**
   * Writes every table to files; of a damaged record what can be read.
   *
   * @param folder absolute; new or empty
   * @param engine jar of the H2 that the file was written with, if it is not this Castra's
   * @throws CastraException if the folder cannot be used, or nothing can be read
   */
  public ExportManifest export(Path folder, Optional<Path> engine, String castraVersion) {
    return DatabaseExport.write(
        project.stateRoot(), host.ticker(), folder, engine, castraVersion, host.clock().instant());
  }

  /**
   * Writes the database anew without the room that changes left in it.
   *
   * @throws CastraException with {@code BUSY} if a castra has it open
   */
  public Compaction compact() {
    return Compaction.run(project.stateRoot(), host.ticker());
  }

  static List<DatabaseReport.Finding> findings(DatabaseCheck.Result result) {
    return result.findings().stream()
        .map(finding -> new DatabaseReport.Finding(finding.table(), finding.message()))
        .toList();
  }
}
