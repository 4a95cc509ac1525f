package dev.castra.store;

import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import dev.castra.run.StepKind;
import dev.castra.run.Trigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A record with a history, and what an export of one says. */
final class RecordExample {
  static final Instant NOW = Instant.parse("2026-05-06T07:08:09Z");

  private RecordExample() {}

  /** Two VMs, {@code runs} runs of one of them, the last of them failed, and their events. */
  static StateRoot in(Path folder, int runs) {
    try (OpenProject project = OpenProject.in(folder)) {
      project.newDisk(OpenProject.DB);
      project.newDisk(OpenProject.WEB);
      for (int i = 1; i < runs; i++) {
        project.succeed(OpenProject.WEB, i % 2 == 0 ? OpenProject.A : OpenProject.B);
      }
      OpenProject.failAt(
          project.start(project.present(OpenProject.WEB), OpenProject.A, Trigger.AUTO),
          StepKind.CONNECT);
      project.events.publish(OpenProject.remark("Grüße, \"quoted\",\r\nand more"));
    }
    return OpenProject.rootIn(folder);
  }

  static ExportManifest export(StateRoot root, Path folder) {
    return DatabaseExport.write(root, Ticker.system(), folder, Optional.empty(), "1.0-test", NOW);
  }

  /** Makes the record that an export or a backup holds, in the place of the one in the folder. */
  static StateRoot restore(Path source, Path folder) {
    fill(source, folder);
    return OpenProject.rootIn(folder);
  }

  /** As {@link #restore}; what was found in the source. */
  static DatabaseRestore.Filled fill(Path source, Path folder) {
    StateRoot root = OpenProject.rootIn(folder);
    try (DatabaseRestore restore = DatabaseRestore.begin(root, Ticker.system())) {
      DatabaseRestore.Filled filled = restore.fill(source);
      restore.takePlace(NOW);
      return filled;
    }
  }

  /** As {@link #rows}, in whatever order: a damaged key stands elsewhere once it is restored. */
  static Map<String, List<String>> sortedRows(Path export) throws IOException {
    Map<String, List<String>> sorted = new TreeMap<>();
    rows(export)
        .forEach((file, text) -> sorted.put(file, new ArrayList<>(text.lines().sorted().toList())));
    return sorted;
  }

  /** The rows in an export's files, by file. */
  static Map<String, String> rows(Path export) throws IOException {
    Map<String, String> rows = new TreeMap<>();
    try (Stream<Path> files = Files.list(export)) {
      for (Path file : files.toList()) {
        if (!file.endsWith(ExportManifest.FILE)) {
          rows.put(file.getFileName().toString(), Files.readString(file));
        }
      }
    }
    return rows;
  }
}
