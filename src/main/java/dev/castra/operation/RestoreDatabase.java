package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.project.Project;
import dev.castra.qemu.BootFolder;
import dev.castra.qemu.RunningVm;
import dev.castra.qemu.VmProcesses;
import dev.castra.run.RunId;
import dev.castra.steplog.RunLogs;
import dev.castra.store.Database;
import dev.castra.store.DatabaseRestore;
import dev.castra.vm.BootId;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Puts a backup or an export in the place of the record. It may be older than the disks, so what it
 * says of a disk counts only if nothing can have happened to that since.
 */
public final class RestoreDatabase {
  private final Project project;
  private final Host host;

  public RestoreDatabase(Project project, Host host) {
    this.project = project;
    this.host = host;
  }

  /**
   * What a record to restore may be like.
   *
   * @param incomplete something is missing or wrong in it
   * @param moved its disks are those of another folder; they are not used
   */
  public record Terms(boolean incomplete, boolean moved) {
    /** Whole, and of this folder. */
    public static final Terms STRICT = new Terms(false, false);
  }

  /**
   * @param source absolute; a backup's file, or an export's folder
   * @param terms what to take into the bargain
   * @throws CastraException with {@code BUSY} if a castra is at work, or a VM runs that the record
   *     to restore does not know; the present record is as it was then
   */
  public RestoreReport run(Path source, Terms terms, CommandLineInfo command) {
    if (!Files.exists(source)) {
      throw new CastraException(
          ErrorCode.IO,
          "`" + source + "` does not exist.",
          "Name a backup's file, or an export's folder.");
    }
    Instant now = host.clock().instant();
    try (DatabaseRestore restore = DatabaseRestore.begin(project.stateRoot(), host.ticker())) {
      DatabaseRestore.Filled filled = restore.fill(source);
      List<DatabaseReport.Finding> findings = KeepDatabase.findings(filled.check());
      if (!terms.incomplete()) {
        requireWhole(source, filled, findings);
      }
      if (terms.moved()) {
        refuseRunningElsewhere(restore.bootsUnderWay());
      } else {
        requireOwnDisks(source, restore.disks());
      }
      refuseUnknownVms(restore.boots());
      Map<VmName, RunId> logs = newestLogs();
      RestoredRecord record = new RestoredRecord(project.stateRoot(), restore, logs);
      long lastSeq = restore.continueNumbers(record.highestRun(), !logs.isEmpty(), now);
      List<RestoreReport.Withdrawn> withdrawn;
      try (Database database = restore.open()) {
        withdrawn = record.settle(database, source, command, host.clock());
      }
      Optional<Path> aside = restore.takePlace(now);
      return new RestoreReport(
          source,
          filled.schemaVersion(),
          filled.check().rows(),
          findings,
          withdrawn,
          aside,
          record.highestRun() + 1,
          lastSeq);
    }
  }

  private static void requireWhole(
      Path source, DatabaseRestore.Filled filled, List<DatabaseReport.Finding> findings) {
    if (!findings.isEmpty()) {
      DatabaseReport.Finding first = findings.get(0);
      throw new CastraException(
          ErrorCode.DATABASE,
          "`%s` has %d findings, such as %s: %s."
              .formatted(source, findings.size(), first.table(), first.message()),
          "Nothing was changed. To restore it all the same, add `--incomplete`.");
    }
    if (!filled.complete()) {
      throw new CastraException(
          ErrorCode.DATABASE,
          "`" + source + "` does not hold every row: the database was damaged when it was made.",
          "Nothing was changed. To restore it all the same, add `--incomplete`.");
    }
  }

  /** Its disks would be those of other VMs, and its stamps speak of them. */
  private void requireOwnDisks(Path source, List<DatabaseRestore.DiskPlace> disks) {
    for (DatabaseRestore.DiskPlace disk : disks) {
      if (!Disks.isBelow(project.stateRoot(), disk.vm(), disk.path())) {
        throw new CastraException(
            ErrorCode.DATABASE,
            "`%s` is the record of another folder: it has disk `%s` of VM `%s`."
                .formatted(source, disk.path(), disk.vm()),
            "Nothing was changed. If this project was moved here, add `--moved`: the next `up` then"
                + " makes new disks.");
      }
    }
  }

  /** A project whose VM runs from another folder has not moved. */
  private void refuseRunningElsewhere(List<DatabaseRestore.BootPlace> boots) {
    for (DatabaseRestore.BootPlace boot : boots) {
      Optional<RunningVm> running =
          new OwnBoots(project.stateRoot()).has(boot.vm(), boot.boot(), boot.folder())
              ? Optional.empty()
              : VmProcesses.find(new BootFolder(boot.folder()), boot.boot());
      if (running.isPresent()) {
        throw new CastraException(
            ErrorCode.BUSY,
            "VM `%s` runs (pid %d), from another folder: `%s`."
                .formatted(boot.vm(), running.get().process().pid(), boot.folder()),
            "Stop it where it belongs, with `castra down`, then try again.");
      }
    }
  }

  /** The next `up` would start a second machine on the same disk, or know nothing of this one. */
  private void refuseUnknownVms(Set<BootId> known) {
    for (Path folder : below(project.stateRoot().vmsFolder())) {
      for (Path boot : below(folder.resolve("boots"))) {
        Optional<BootId> id = bootId(boot.getFileName().toString());
        Optional<RunningVm> running =
            id.filter(given -> !known.contains(given))
                .flatMap(given -> VmProcesses.find(new BootFolder(boot), given));
        if (running.isPresent()) {
          throw new CastraException(
              ErrorCode.BUSY,
              "VM `%s` runs (pid %d), and the record to restore does not know of it."
                  .formatted(folder.getFileName(), running.get().process().pid()),
              "Run `castra down`, or end that process, then try again.");
        }
      }
    }
  }

  private static Optional<BootId> bootId(String name) {
    try {
      return Optional.of(new BootId(UUID.fromString(name)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Map<VmName, RunId> newestLogs() {
    Map<VmName, RunId> newest = new TreeMap<>();
    Path logs = project.stateRoot().bootstrapLogs();
    for (Path folder : below(logs)) {
      String name = folder.getFileName().toString();
      if (VmName.isValid(name)) {
        try {
          RunLogs.newest(folder).ifPresent(run -> newest.put(new VmName(name), run));
        } catch (IOException e) {
          throw unreadable(folder, e);
        }
      }
    }
    return newest;
  }

  private static List<Path> below(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> content = Files.list(folder)) {
      return content.sorted().toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static CastraException unreadable(Path folder, IOException e) {
    return new CastraException(
        ErrorCode.IO,
        "`" + folder + "` cannot be read: " + e.getMessage() + ".",
        "Nothing was changed. Make it readable: it tells what happened since the backup.",
        e);
  }
}
