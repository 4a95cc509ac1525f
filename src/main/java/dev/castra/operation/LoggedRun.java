package dev.castra.operation;

import dev.castra.bootstrap.RunFailure;
import dev.castra.bootstrap.RunJournal;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.guest.HandshakeResult.NotShaken;
import dev.castra.process.PrivateFiles;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.steplog.RunLog;
import dev.castra.store.OpenRun;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/**
 * A run recorded in both places: the log on disk gets its final form first, then the database says
 * how the run ended, so that whoever hears of the end finds the log.
 */
final class LoggedRun implements RunJournal, AutoCloseable {
  private final OpenRun record;
  private final RunFacts facts;
  private final RunLog log;
  private final Path folder;
  private final Clock clock;

  private LoggedRun(OpenRun record, RunFacts facts, RunLog log, Path folder, Clock clock) {
    this.record = record;
    this.facts = facts;
    this.log = log;
    this.folder = folder;
    this.clock = clock;
  }

  static LoggedRun open(ProjectSession session, OpenRun record, RunFacts facts) {
    Path folder = session.project().stateRoot().bootstrapLogs(facts.vm());
    PrivateFiles.createFolder(folder);
    try {
      RunLog log = RunLog.open(folder, record.id(), session.host().clock());
      record.logsTo(log.jsonFile());
      return new LoggedRun(record, facts, log, folder, session.host().clock());
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  OutputStream output() {
    return log.output();
  }

  Path logFile() {
    return log.jsonFile();
  }

  OpenRun record() {
    return record;
  }

  @Override
  public RunId id() {
    return record.id();
  }

  @Override
  public void stepStarted(StepKind step) {
    record.stepStarted(step);
    write(() -> log.stepStarted(step));
  }

  @Override
  public void stepEnded(StepRecord step) {
    record.stepEnded(step);
    write(() -> log.stepEnded(step));
  }

  @Override
  public void completed(RunStatus status, long durationMs) {
    finishLog(status, durationMs, Optional.empty());
    record.completed(status, durationMs);
  }

  /** A log that cannot be written does not keep the run from its end in the database. */
  @Override
  public void failed(RunStatus status, RunFailure failure, long durationMs) {
    RunFailure told = failure;
    try {
      failure.unanswered().ifPresent(this::noteConsole);
      note(status.id() + ": " + failure.error());
      finishLog(status, durationMs, Optional.of(failure));
    } catch (CastraException unwritable) {
      String hint = failure.hint() + " The run's log is incomplete: " + unwritable.getMessage();
      told = failure.withHint(hint);
    }
    record.failed(status, told, durationMs);
  }

  /** Adds a line of Castra's own to the text. */
  void note(String text) {
    write(() -> log.note(text));
  }

  /** Something that is added to the log. */
  private interface Addition {
    void write() throws IOException;
  }

  private void write(Addition addition) {
    try {
      addition.write();
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  private void noteConsole(NotShaken unanswered) {
    note("failure class: " + unanswered.failure().label());
    unanswered.consoleTail().forEach(line -> note("serial: " + line));
  }

  private void finishLog(RunStatus status, long durationMs, Optional<RunFailure> failure) {
    Instant endedAt = clock.instant();
    try {
      log.finish(
          facts.fields(
              status,
              endedAt,
              durationMs,
              record.steps(),
              failure,
              RunLog.textFile(folder, record.id()).toString()));
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  private static CastraException unwritable(Path folder, IOException cause) {
    return new CastraException(
        ErrorCode.IO,
        "The run log in `" + folder + "` cannot be written: " + cause.getMessage() + ".",
        "Check that the disk is not full and the folder is writable.",
        cause);
  }

  @Override
  public void close() {
    try {
      log.close();
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }
}
