package dev.castra.operation;

import dev.castra.run.RunId;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code castra db restore} did.
 *
 * @param schemaVersion that the source had; the record has been upgraded since
 * @param rows of each table as restored
 * @param findings that were taken into the bargain
 * @param aside where the database is that was there before
 * @param nextRun number of the next run
 * @param lastSeq above which events go on
 */
public record RestoreReport(
    Path source,
    int schemaVersion,
    Map<String, Long> rows,
    List<DatabaseReport.Finding> findings,
    List<Withdrawn> withdrawn,
    Optional<Path> aside,
    long nextRun,
    long lastSeq) {
  public RestoreReport {
    rows = Map.copyOf(rows);
    findings = List.copyOf(findings);
    withdrawn = List.copyOf(withdrawn);
  }

  /**
   * A stamp that is older than what was done to its disk, or that somebody had withdrawn.
   *
   * @param run that wrote the stamp
   * @param later the run whose end the restored record does not know; empty if it was withdrawn
   */
  public record Withdrawn(VmName vm, RunId run, Optional<RunId> later) {}
}
