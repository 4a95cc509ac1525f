package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.PrivateFiles;
import dev.castra.project.CleanConfig;
import dev.castra.project.Project;
import dev.castra.project.ProjectLoader;
import dev.castra.project.StateRoot;
import dev.castra.report.ReportArchive;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.store.HistoryReader;
import dev.castra.store.RecordReads;
import dev.castra.store.RecordedRun;
import dev.castra.store.RunFilter;
import dev.castra.store.RunHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes all there is to know of one run into an archive that others may read. Takes no claim, and
 * changes nothing but that file.
 */
public final class WriteReport {
  private final Path configFile;
  private final Optional<Project> carriedOut;
  private final CleanConfig config;
  private final StateRoot root;
  private final RecordReads reads;
  private final Host host;
  private final String castraVersion;
  private final Runnable stop;

  /**
   * Of a project whose castra.toml may have become wrong.
   *
   * @param configFile canonical path
   * @param cancellation ends the writing, of which nothing remains then
   */
  public WriteReport(Path configFile, Host host, String castraVersion, Cancellation cancellation) {
    this.configFile = configFile;
    this.carriedOut = Optional.empty();
    this.config = CleanConfig.read(configFile);
    this.root = config.stateRoot();
    this.reads = RecordReads.of(root, host.ticker());
    this.host = host;
    this.castraVersion = castraVersion;
    this.stop = cancellation::refuseIfRequested;
  }

  /**
   * @param carriedOut castra.toml as the run had it
   * @param reads of the process that carried it out
   * @param stop throws once nobody wants the report any more
   */
  WriteReport(
      Path configFile,
      Project carriedOut,
      RecordReads reads,
      Host host,
      String castraVersion,
      Runnable stop) {
    this.configFile = configFile;
    this.carriedOut = Optional.of(carriedOut);
    this.config = CleanConfig.read(configFile);
    this.root = carriedOut.stateRoot();
    this.reads = reads;
    this.host = host;
    this.castraVersion = castraVersion;
    this.stop = stop;
  }

  /**
   * Writes the archive; blocks.
   *
   * @param number empty for the newest run that failed or was interrupted, or else the newest one
   * @param output a new file; empty for the run's own one in the state root, which is replaced
   * @throws CastraException with {@code RUN_NOT_FOUND} if there is no such run; with {@code
   *     CONFIG_INVALID} if castra.toml is wrong and there is no record either; with {@code
   *     CANNOT_CREATE} or {@code IO} if the file cannot be written
   */
  public RunReport write(Optional<Long> number, Optional<Path> output) {
    if (!Files.exists(root.databaseFile())) {
      // Without a record, a mistake in castra.toml is the likely reason.
      ProjectLoader.load(configFile);
    }
    RunHistory history = ShowRun.find(reads, number.orElseGet(this::likeliest));
    RecordedRun run = history.run();
    KnownSecrets secrets = KnownSecrets.of(config, carriedOut, history.manifest(), root);
    Path own = root.report(run.vm(), run.id().value());
    Path target = output.orElse(own);
    refuse(target, output.isPresent(), secrets);
    try {
      if (output.isEmpty()) {
        PrivateFiles.createFolder(root.reports());
      }
      return write(history, secrets, target);
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.IO,
          "The report `" + target + "` cannot be written: " + e + ".",
          "Check that its folder exists and is writable, and that the disk is not full.",
          e);
    }
  }

  private static void refuse(Path target, boolean named, KnownSecrets secrets) {
    boolean there = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
    if (named && there) {
      throw new CastraException(
          ErrorCode.CANNOT_CREATE, "`" + target + "` exists already.", "Name a new file.");
    }
    if (there && secrets.gap().isPresent()) {
      throw new CastraException(
          ErrorCode.CANNOT_CREATE,
          "`" + target + "` says more than could be said now: " + secrets.gap().get() + ".",
          "Use that file, or write another one with `--output FILE`.");
    }
  }

  private RunReport write(RunHistory history, KnownSecrets secrets, Path target)
      throws IOException {
    RecordedRun run = history.run();
    String folder = "castra-report-run-" + run.id();
    try (ReportArchive archive =
        new ReportArchive(target, folder, secrets.scrubber(), host.clock().instant(), stop)) {
      ReportPieces pieces =
          new ReportPieces(archive, history, config, secrets, root, reads, host, castraVersion);
      pieces.add();
      long size = archive.finish();
      return new RunReport(
          run.id(),
          run.vm(),
          run.status(),
          target,
          size,
          archive.entries().stream()
              .map(entry -> new RunReport.Part(entry.name(), entry.size()))
              .toList(),
          pieces.leftOut(),
          secrets.names());
    }
  }

  private long likeliest() {
    return Stream.of(RunStatus.FAILED, RunStatus.INTERRUPTED)
        .flatMap(status -> newest(Optional.of(status)).stream())
        .max(Comparator.comparing(RecordedRun::id))
        .or(() -> newest(Optional.empty()))
        .map(RecordedRun::id)
        .map(RunId::value)
        .orElseThrow(
            () ->
                new CastraException(
                    ErrorCode.RUN_NOT_FOUND,
                    "There is no run yet.",
                    "Run `castra up`; `castra events` tells what has happened so far."));
  }

  private Optional<RecordedRun> newest(Optional<RunStatus> status) {
    RunFilter filter = new RunFilter(List.of(), status, Optional.empty(), 1);
    return new HistoryReader(reads).runs(filter).runs().stream().findFirst();
  }
}
