package dev.castra.operation;

import dev.castra.bootstrap.ManifestEntry;
import dev.castra.error.CastraException;
import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import dev.castra.event.Json;
import dev.castra.project.CleanConfig;
import dev.castra.project.StateRoot;
import dev.castra.qemu.BootFolder;
import dev.castra.report.Excerpt;
import dev.castra.report.ReportArchive;
import dev.castra.run.RunStatus;
import dev.castra.steplog.RunLog;
import dev.castra.store.BootReader;
import dev.castra.store.EventReader;
import dev.castra.store.RecordReads;
import dev.castra.store.RunHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Fills a report. What cannot be had is left out, and the report says so. */
final class ReportPieces {
  private static final int MOST_EVENTS = 500;
  private static final long MOST_FACTS_BYTES = 4L << 20;

  private final ReportArchive archive;
  private final RunHistory history;
  private final RunDetails details;
  private final CleanConfig config;
  private final KnownSecrets secrets;
  private final StateRoot root;
  private final RecordReads reads;
  private final Host host;
  private final String castraVersion;
  private final List<RunReport.LeftOut> leftOut = new ArrayList<>();

  ReportPieces(
      ReportArchive archive,
      RunHistory history,
      CleanConfig config,
      KnownSecrets secrets,
      StateRoot root,
      RecordReads reads,
      Host host,
      String castraVersion) {
    this.archive = archive;
    this.history = history;
    this.details = new ShowRun(root, host).details(history);
    this.config = config;
    this.secrets = secrets;
    this.root = root;
    this.reads = reads;
    this.host = host;
    this.castraVersion = castraVersion;
  }

  void add() throws IOException {
    if (config.text().isPresent()) {
      archive.text("castra.toml", config.text().get());
    }
    config.trouble().ifPresent(why -> leaveOut("castra.toml", why));
    archive.json("plan.json", plan());
    archive.json("steps.json", steps());
    archive.json("manifest.json", manifest());
    facts();
    events();
    output();
    boot();
    archive.json("versions.json", ReportVersions.of(history, castraVersion, host));
    archive.text(
        "README.txt",
        new ReportReadme(details, secrets, host, castraVersion).text(archive, leftOut));
  }

  List<RunReport.LeftOut> leftOut() {
    return List.copyOf(leftOut);
  }

  private void leaveOut(String name, String why) {
    leftOut.add(new RunReport.LeftOut(name, archive.clean(why)));
  }

  /** The decision to run, as it was recorded. */
  private Map<String, @Nullable Object> plan() {
    Map<String, @Nullable Object> all = details.fields();
    return picked(
        all,
        "schema_version",
        "run_id",
        "vm",
        "trigger",
        "reason",
        "base_image_hash",
        "bootstrap_artifact_hash",
        "disk_id",
        "boot_id",
        "command",
        "castra_version",
        "since_run_before");
  }

  private Map<String, @Nullable Object> steps() {
    return picked(details.fields(), "schema_version", "run_id", "vm", "steps", "step_under_way");
  }

  private static Map<String, @Nullable Object> picked(
      Map<String, @Nullable Object> all, String... names) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    for (String name : names) {
      fields.put(name, all.get(name));
    }
    return fields;
  }

  private Map<String, @Nullable Object> manifest() {
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
        "bootstrap_artifact_hash",
        history.run().artifactHash().hex(),
        "entries",
        history.manifest().entries().stream().map(ReportPieces::entry).toList());
  }

  private static Map<String, @Nullable Object> entry(ManifestEntry entry) {
    boolean tellable = entry.hasTellableContent();
    return Fields.of(
        "kind",
        entry.kind().id(),
        "name",
        entry.name(),
        "mode",
        entry.hasMode() ? String.format("%04o", entry.mode()) : null,
        "size_bytes",
        tellable ? entry.sizeBytes() : null,
        "sha256",
        tellable ? entry.sha256().hex() : null);
  }

  /** The durable log, or before there is one what the record knows. */
  private void facts() throws IOException {
    Path file = RunLog.jsonFile(root.bootstrapLogs(history.run().vm()), history.run().id());
    Map<String, @Nullable Object> fields;
    try {
      if (Files.size(file) > MOST_FACTS_BYTES) {
        throw new IOException("it is larger than 4 MiB");
      }
      fields = Json.parse(Files.readString(file));
    } catch (IOException | IllegalArgumentException e) {
      String why =
          Files.exists(file)
              ? "`" + file + "` cannot be read: " + e.getMessage()
              : "there is no `" + file + "`";
      leaveOut("run.json", why + "; what is here is what the record knows");
      fields = details.fields();
    }
    archive.json("run.json", fields);
  }

  private void events() throws IOException {
    try {
      List<Map<String, @Nullable Object>> lines =
          new EventReader(reads)
              .ofRun(history.run().id(), MOST_EVENTS).stream()
                  .map(event -> Json.parse(event.json()))
                  .toList();
      archive.jsonLines("events.jsonl", lines);
    } catch (CastraException | IllegalArgumentException e) {
      leaveOut("events.jsonl", String.valueOf(e.getMessage()));
    }
  }

  private void output() throws IOException {
    Path ended = RunLog.textFile(root.bootstrapLogs(history.run().vm()), history.run().id());
    // It may get its final name between the look and the reading.
    Path now = ShowRun.output(root, history.run()).orElse(ended);
    Optional<String> trouble = archive.excerpt("run.log", now, Excerpt.OUTPUT);
    if (trouble.isPresent() && !now.equals(ended) && Files.exists(ended)) {
      trouble = archive.excerpt("run.log", ended, Excerpt.OUTPUT);
    }
    trouble.ifPresent(why -> leaveOut("run.log", why));
    if (history.run().status() == RunStatus.RUNNING) {
      leaveOut("run.log", "the run was under way, so more may have come");
    }
  }

  /** What is kept of the start of the VM that the run worked in. */
  private void boot() throws IOException {
    Optional<BootFolder> folder;
    String why = "the VM was not started for this run";
    try {
      folder =
          new BootReader(reads)
              .of(history.run().id())
              .map(boot -> new BootFolder(Path.of(boot.directory())));
    } catch (CastraException e) {
      folder = Optional.empty();
      why = String.valueOf(e.getMessage());
    }
    if (folder.isEmpty()) {
      String reason = history.foreign() ? "the machine is not Castra's" : why;
      List.of("serial.log", "qemu-command.txt", "qemu.log").forEach(name -> leaveOut(name, reason));
      return;
    }
    excerpt("serial.log", folder.get().serialLog());
    excerpt("qemu-command.txt", folder.get().commandFile());
    excerpt("qemu.log", folder.get().qemuLog());
  }

  private void excerpt(String name, Path file) throws IOException {
    archive.excerpt(name, file, Excerpt.CONSOLE).ifPresent(why -> leaveOut(name, why));
  }
}
