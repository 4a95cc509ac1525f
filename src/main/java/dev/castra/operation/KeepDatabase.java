package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.project.Project;
import dev.castra.store.BackupFile;
import dev.castra.store.DatabaseCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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

  static List<DatabaseReport.Finding> findings(DatabaseCheck.Result result) {
    return result.findings().stream()
        .map(finding -> new DatabaseReport.Finding(finding.table(), finding.message()))
        .toList();
  }
}
