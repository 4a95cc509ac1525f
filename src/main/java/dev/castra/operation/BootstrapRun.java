package dev.castra.operation;

import dev.castra.bootstrap.Decision;
import dev.castra.bootstrap.Pipeline;
import dev.castra.bootstrap.RunContext;
import dev.castra.bootstrap.RunFailure;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.Outcome;
import dev.castra.guest.HandshakeResult;
import dev.castra.run.OutcomeStatus;
import dev.castra.run.RunId;
import dev.castra.run.StepKind;
import dev.castra.run.StepRecord;
import dev.castra.run.StepStatus;
import dev.castra.run.UsualTimes;
import dev.castra.store.DiskRecord;
import dev.castra.store.OpenRun;
import dev.castra.store.RunStart;
import dev.castra.vm.BootId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One attempt to bootstrap one VM, from its row to its outcome. */
final class BootstrapRun {
  private static final System.Logger LOG = System.getLogger(BootstrapRun.class.getName());

  private final UpContext context;
  private final ProjectSession session;
  private final VmPlan plan;
  private final Machine machine;
  private final DiskRecord disk;
  private final long startNanos;
  private boolean answered;

  BootstrapRun(UpContext context, VmPlan plan, Machine machine, long startNanos) {
    this.context = context;
    this.session = context.session();
    this.plan = plan;
    this.machine = machine;
    this.disk = machine.disk();
    this.startNanos = startNanos;
  }

  Outcome carryOut(Decision.Run decision) throws InterruptedException {
    UUID attemptKey = UUID.randomUUID();
    Optional<UsualTimes> usual = usual(decision);
    RunStart start =
        new RunStart(
            attemptKey,
            plan.name(),
            disk.id(),
            disk.baseImageHash(),
            decision.artifact(),
            decision.trigger(),
            decision.reason(),
            usual);
    OpenRun record = session.runs().start(start);
    RunFacts facts =
        new RunFacts(
            record.id(),
            plan.name(),
            decision.trigger(),
            decision.reason(),
            disk.baseImageHash(),
            decision.artifact().hash(),
            session.host().clock().instant());
    try (LoggedRun run = LoggedRun.open(session, record, facts)) {
      Pipeline.Result result = carryOut(decision, attemptKey, run, usual);
      return outcome(decision, run.id(), Optional.of(run.logFile().toString()), result);
    } catch (RuntimeException e) {
      if (record.ended()) {
        throw e;
      }
      return outcome(decision, record.id(), Optional.empty(), brokenOff(record, e));
    }
  }

  /** A run that has begun has its end too, whatever went wrong, even its log. */
  private Pipeline.Result brokenOff(OpenRun record, RuntimeException cause) {
    RunFailure failure =
        cause instanceof CastraException known
            ? new RunFailure(record.current(), known.code(), known.getMessage(), known.hint())
            : new RunFailure(
                record.current(),
                ErrorCode.BOOTSTRAP_FAILED,
                "This is a defect in Castra: " + cause + ".",
                "Please report it, with the output of the same command with `--debug`.");
    record.failed(failure.status(), failure, elapsedMs());
    return new Pipeline.Result(failure.status(), Optional.of(failure));
  }

  /** Without it nothing is expected, and nothing else is different. */
  private Optional<UsualTimes> usual(Decision.Run decision) {
    try {
      return session.runTimes().usual(plan.name(), decision.artifact().hash(), machine.boots());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "Past runs could not be read.", e);
      return Optional.empty();
    }
  }

  private Pipeline.Result carryOut(
      Decision.Run decision, UUID attemptKey, LoggedRun run, Optional<UsualTimes> usual)
      throws InterruptedException {
    Optional<BootId> boot;
    try {
      boot = machine.start(run.record()::boundTo);
    } catch (CastraException e) {
      machine.silent();
      return notStarted(run, e);
    }
    RunContext runContext =
        new RunContext(
            plan.name(),
            run.id(),
            disk.id(),
            decision.trigger(),
            attemptKey,
            resumable(decision, boot),
            decision.artifact(),
            run.output(),
            this::answered);
    Pipeline.Result result = takeSteps(runContext, run, usual);
    if (result
        .failure()
        .flatMap(RunFailure::step)
        .filter(StepKind.WAIT_HANDSHAKE::equals)
        .filter(step -> !answered)
        .isPresent()) {
      machine.silent();
    }
    return result;
  }

  /** A run that is interrupted before its next step ends in the first one all the same. */
  private void answered(HandshakeResult.Shaken shaken) {
    answered = true;
    machine.shaken(shaken);
  }

  private Pipeline.Result takeSteps(
      RunContext runContext, LoggedRun run, Optional<UsualTimes> usual) {
    try (StepWatch watch =
        new StepWatch(
            run,
            plan.name(),
            usual.orElse(UsualTimes.UNKNOWN),
            session.host().ticker(),
            remark -> tell(run, remark))) {
      watch.start();
      return new Pipeline(runContext, machine.access(), watch, session.host().clock()).run();
    }
  }

  private void tell(LoggedRun run, CastraEvent.Diagnostic remark) {
    session.events().publish(remark);
    run.note(remark.level() + ": " + remark.message());
  }

  /** Attempts that their doers could not finish, at the same thing in this very boot. */
  private List<UUID> resumable(Decision.Run decision, Optional<BootId> boot) {
    return session.runs().interruptedAttempts(disk.id(), boot, decision.artifact().hash());
  }

  /** A machine that does not come up is a guest that does not answer: the first step failed. */
  private Pipeline.Result notStarted(LoggedRun run, CastraException e) {
    Instant now = session.host().clock().instant();
    Duration waited =
        machine.unanswered().map(HandshakeResult.NotShaken::elapsed).orElse(Duration.ZERO);
    run.stepStarted(StepKind.WAIT_HANDSHAKE);
    run.stepEnded(
        new StepRecord(
            StepKind.WAIT_HANDSHAKE,
            StepStatus.FAILED,
            now.minus(waited),
            waited.toMillis(),
            e.getMessage()));
    RunFailure failure =
        new RunFailure(
            Optional.of(StepKind.WAIT_HANDSHAKE),
            e.code(),
            e.getMessage(),
            e.hint(),
            machine.unanswered());
    run.failed(failure.status(), failure, elapsedMs());
    return new Pipeline.Result(failure.status(), Optional.of(failure));
  }

  private Outcome outcome(
      Decision.Run decision, RunId run, Optional<String> log, Pipeline.Result result) {
    OutcomeStatus status =
        switch (result.status()) {
          case SUCCESS -> OutcomeStatus.Success;
          case NOOP -> OutcomeStatus.NoOp;
          default -> OutcomeStatus.Failed;
        };
    return new Outcome(
        plan.name(),
        status,
        decision.reason(),
        Optional.of(run),
        elapsedMs(),
        result.failure().map(failure -> describe(failure, log)));
  }

  private static Outcome.Failure describe(RunFailure failure, Optional<String> log) {
    return new Outcome.Failure(
        failure.step().map(StepKind::id),
        failure.error(),
        failure.hint(),
        log,
        ErrorCode.BOOTSTRAP_FAILED.exitCode());
  }

  private long elapsedMs() {
    return (session.host().ticker().nanos() - startNanos) / 1_000_000;
  }
}
