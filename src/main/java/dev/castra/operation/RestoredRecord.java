package dev.castra.operation;

import dev.castra.bootstrap.RunFailure;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.process.ProcessIdentity;
import dev.castra.project.StateRoot;
import dev.castra.run.RunId;
import dev.castra.run.RunStatus;
import dev.castra.steplog.RunLog;
import dev.castra.store.Database;
import dev.castra.store.DatabaseRestore;
import dev.castra.store.EventLog;
import dev.castra.store.Invocation;
import dev.castra.store.InvocationStore;
import dev.castra.store.OpenRun;
import dev.castra.store.RunStore;
import dev.castra.store.StampStore;
import dev.castra.store.UnfinishedRun;
import dev.castra.vm.VmName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;

/** A record of an earlier moment, and the signs of what happened after it. */
final class RestoredRecord {
  private final StateRoot root;
  private final Map<VmName, RunId> logs;
  private final Map<String, Long> presentRuns;
  private final Set<Long> withdrawn;
  private final List<VmName> vms;
  private final long newestRun;

  /**
   * @param logs newest run of each VM that has a log
   */
  RestoredRecord(StateRoot root, DatabaseRestore restore, Map<VmName, RunId> logs) {
    this.root = root;
    this.logs = logs;
    this.presentRuns = restore.presentRuns();
    this.withdrawn = restore.presentWithdrawals();
    this.vms = restore.vms();
    this.newestRun = restore.newestRun();
  }

  /** Of every run that left a sign. */
  long highestRun() {
    return LongStream.concat(
            LongStream.of(newestRun),
            LongStream.concat(
                logs.values().stream().mapToLong(RunId::value),
                presentRuns.values().stream().mapToLong(Long::longValue)))
        .max()
        .orElse(0);
  }

  /** Takes back what nobody can vouch for any more, and tells of it. */
  List<RestoreReport.Withdrawn> settle(
      Database database, Path source, CommandLineInfo command, Clock clock) {
    Invocation invocation =
        new Invocation(
            UUID.randomUUID(), command.text(), command.version(), ProcessIdentity.ofSelf());
    InvocationStore invocations = new InvocationStore(database);
    invocations.begin(invocation, clock.instant());
    EventLog events = new EventLog(database, invocation, EventSink.NONE, clock);
    events.publish(
        new CastraEvent.Diagnostic(
            Optional.empty(),
            "warning",
            "database-restored",
            "the record was restored from `" + source + "`"));
    List<RestoreReport.Withdrawn> settled = new ArrayList<>();
    for (VmName vm : vms) {
      settle(vm, database, events, clock).ifPresent(settled::add);
    }
    invocations.end(invocation, 0, clock.instant());
    return settled;
  }

  private Optional<RestoreReport.Withdrawn> settle(
      VmName vm, Database database, EventLog events, Clock clock) {
    RunStore runs = new RunStore(database, events);
    Optional<RunId> later = later(vm);
    for (UnfinishedRun run : runs.unfinished(vm)) {
      later = Optional.of(later.orElse(run.id()));
      endAsLogged(runs, run, clock);
    }
    Optional<RunId> unknown = later;
    StampStore stamps = new StampStore(database, events);
    return stamps
        .counting(vm)
        .filter(stamp -> unknown.isPresent() || withdrawn.contains(stamp.runId().value()))
        .flatMap(stamp -> stamps.withdraw(vm, unknown))
        .map(stamp -> new RestoreReport.Withdrawn(vm, stamp.runId(), unknown));
  }

  /** The newest run of the VM that this record does not have. */
  private Optional<RunId> later(VmName vm) {
    long logged = logs.containsKey(vm) ? logs.get(vm).value() : 0;
    long newest = Math.max(logged, presentRuns.getOrDefault(vm.value(), 0L));
    return newest > newestRun ? Optional.of(new RunId(newest)) : Optional.empty();
  }

  /** A log that is finished stays as it is; the next `up` would take the run for interrupted. */
  private void endAsLogged(RunStore runs, UnfinishedRun run, Clock clock) {
    Path log = RunLog.jsonFile(root.bootstrapLogs(run.vm()), run.id());
    if (!Files.exists(log)) {
      return;
    }
    OpenRun open = runs.reopen(run);
    open.logsTo(log);
    open.failed(
        RunStatus.INTERRUPTED,
        new RunFailure(
            run.step(),
            ErrorCode.INTERRUPTED,
            "The record was restored from a moment at which run " + run.id() + " was under way.",
            "Its log says how it ended; `castra up` runs the bootstrap again."),
        Math.max(0, Duration.between(run.startedAt(), clock.instant()).toMillis()));
  }
}
