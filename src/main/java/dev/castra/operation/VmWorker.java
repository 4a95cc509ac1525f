package dev.castra.operation;

import dev.castra.bootstrap.Decision;
import dev.castra.bootstrap.StampFacts;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.Outcome;
import dev.castra.event.SilentGuest;
import dev.castra.guest.Console;
import dev.castra.guest.FailureClass;
import dev.castra.guest.HandshakeResult;
import dev.castra.guest.Unanswered;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.qemu.BootFolder;
import dev.castra.run.OutcomeStatus;
import dev.castra.store.DiskRecord;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import java.time.Duration;
import java.util.Optional;

/** Brings one VM to where castra.toml wants it; runs on a thread of its own. */
final class VmWorker {
  /** Longer than any bootstrap may take: whoever holds a VM so long is stuck. */
  private static final Duration CLAIM_PATIENCE = Duration.ofHours(26);

  private final UpContext context;
  private final ProjectSession session;
  private final VmPlan plan;
  private final VmName vm;
  private final long startNanos;

  VmWorker(UpContext context, VmPlan plan) {
    this.context = context;
    this.session = context.session();
    this.plan = plan;
    this.vm = plan.name();
    this.startNanos = session.host().ticker().nanos();
  }

  /** Never throws for what can go wrong with one VM: the others must not suffer from it. */
  Outcome work() throws InterruptedException {
    return new FailureReport(context).of(outcome());
  }

  private Outcome outcome() throws InterruptedException {
    try {
      MachineSource source = source();
      source.prepare();
      try (VmClaims.Claim claim = awaitClaim()) {
        return workClaimed(source, claim);
      }
    } catch (CastraException e) {
      return failed(e);
    } catch (RuntimeException defect) {
      return failed(
          new CastraException(
              ErrorCode.LAUNCH_FAILED,
              "This is a defect in Castra: " + defect + ".",
              "Please report it, with the output of the same command with `--debug`.",
              defect));
    }
  }

  private VmClaims.Claim awaitClaim() throws InterruptedException {
    if (context.options().noWait()) {
      return ImmediateClaim.take(session, vm);
    }
    Deadline deadline = Deadline.after(session.host().ticker(), CLAIM_PATIENCE);
    Backoff backoff = Backoff.standard();
    boolean told = false;
    while (true) {
      Optional<VmClaims.Claim> claim = session.claims().tryClaim(vm);
      if (claim.isPresent()) {
        return claim.get();
      }
      Optional<VmClaims.Holder> holder = session.claims().holder(vm);
      if (deadline.passed()) {
        throw VmClaims.busy(vm, holder);
      }
      if (!told && holder.isPresent()) {
        told = true;
        tell("info", "waiting", "waiting for " + holder.get().describe());
      }
      refuseIfCancelled();
      backoff.pause(deadline);
    }
  }

  private Outcome workClaimed(MachineSource source, VmClaims.Claim claim)
      throws InterruptedException {
    new Reconciliation(session).interruptOrphans(vm, claim);
    MachineSource.Prospect prospect = source.look(claim);
    Decision decision = decide(prospect.disk());
    tellPlan(decision);
    if (prospect.disk() instanceof Disks.Plan.Keep keep
        && prospect.ready()
        && !(decision instanceof Decision.Run)) {
      return done(decision, keep.disk());
    }
    claim.announce();
    refuseIfCancelled();
    Machine machine = source.provide(prospect);
    if (decision instanceof Decision.Run run) {
      return new BootstrapRun(context, plan, machine, startNanos).carryOut(run);
    }
    awaitGuest(machine);
    return done(decision, machine.disk());
  }

  private MachineSource source() {
    if (plan.hardware() instanceof VmPlan.Hardware.Foreign foreign) {
      return new ForeignMachines(context, plan, foreign);
    }
    return plan.hardware() instanceof VmPlan.Hardware.AsFound
        ? new RunningMachines(context, plan)
        : new OwnMachines(context, plan);
  }

  private Decision decide(Disks.Plan diskPlan) {
    StampFacts facts =
        diskPlan instanceof Disks.Plan.Keep keep
            ? session.runs().facts(keep.disk(), plan.artifact().map(artifact -> artifact.hash()))
            : StampFacts.newDisk(((Disks.Plan.Fresh) diskPlan).reason());
    return Decision.of(plan.mode(), plan.artifact(), facts);
  }

  private void tellPlan(Decision decision) {
    session
        .events()
        .publish(
            new CastraEvent.BootstrapPlanned(
                vm, decision.action(), plan.mode().id(), decision.reason()));
    if (decision instanceof Decision.Skip skip) {
      tell("info", "bootstrap-skipped", "not bootstrapped: " + skip.reason());
    }
  }

  private void awaitGuest(Machine machine) throws InterruptedException {
    machine.start(boot -> {});
    HandshakeResult result =
        machine.access().awaitHandshake(plan.spec().bootstrap().handshakeTimeout());
    if (result instanceof HandshakeResult.NotShaken not) {
      machine.silent();
      refuseIfCancelled();
      refuseIfStopped(machine);
      throw not.toException();
    }
    HandshakeResult.Shaken shaken = (HandshakeResult.Shaken) result;
    shaken.session().close();
    machine.shaken(shaken);
  }

  private Outcome done(Decision decision, DiskRecord disk) {
    OutcomeStatus status =
        decision instanceof Decision.NoOp ? OutcomeStatus.NoOp : OutcomeStatus.Skipped;
    session
        .events()
        .publish(
            new CastraEvent.BootstrapCompleted(
                vm,
                Optional.empty(),
                status,
                Optional.of(disk.baseImageHash()),
                plan.artifact().map(artifact -> artifact.hash()),
                decision.reason(),
                elapsedMs(),
                Optional.empty()));
    return new Outcome(
        vm, status, decision.reason(), Optional.empty(), elapsedMs(), Optional.empty());
  }

  private void refuseIfCancelled() {
    context
        .cancellation()
        .reason()
        .ifPresent(
            reason -> {
              throw new CastraException(
                  ErrorCode.INTERRUPTED, "VM `" + vm + "`: " + reason + ".", "Run `castra up`.");
            });
  }

  /** A process that {@code castra down} ended is gone for a reason. */
  private static void refuseIfStopped(Machine machine) {
    machine
        .stopRequest()
        .ifPresent(
            reason -> {
              throw new CastraException(
                  ErrorCode.INTERRUPTED, "The start was " + reason + ".", "Run `castra up`.");
            });
  }

  /** Where to look next: what the guest says if it is silent, else what QEMU said. */
  private Optional<String> logOfBoot(Optional<HandshakeResult.NotShaken> silent) {
    if (plan.hardware() instanceof VmPlan.Hardware.Foreign) {
      return Optional.empty();
    }
    boolean lives = silent.filter(not -> not.failure() != FailureClass.GUEST_DIED).isPresent();
    return session
        .boots()
        .latest(vm)
        .filter(new OwnBoots(session.project().stateRoot())::has)
        .map(boot -> new BootFolder(boot.directory()))
        .map(folder -> (lives ? folder.serialLog() : folder.qemuLog()).toString());
  }

  private static SilentGuest describe(HandshakeResult.NotShaken silent) {
    return new SilentGuest(
        silent.failure().id(), silent.finding().map(Console.Finding::id), silent.consoleTail());
  }

  private Outcome failed(CastraException e) {
    Optional<String> log = Optional.empty();
    Optional<HandshakeResult.NotShaken> silent =
        e.getCause() instanceof Unanswered unanswered
            ? Optional.of(unanswered.handshake())
            : Optional.empty();
    try {
      log = e.code() == ErrorCode.BUSY ? log : logOfBoot(silent);
      session
          .events()
          .publish(
              new CastraEvent.VmFailed(
                  vm, e.getMessage(), e.hint(), log, silent.map(VmWorker::describe)));
    } catch (CastraException databaseGone) {
      // The outcome says it all the same.
      e.addSuppressed(databaseGone);
    }
    return new Outcome(
        vm,
        OutcomeStatus.Failed,
        "could not be brought up",
        Optional.empty(),
        elapsedMs(),
        Optional.of(
            new Outcome.Failure(
                Optional.empty(), e.getMessage(), e.hint(), log, e.code().exitCode())));
  }

  private void tell(String level, String code, String message) {
    session.events().publish(new CastraEvent.Diagnostic(Optional.of(vm), level, code, message));
  }

  private long elapsedMs() {
    return (session.host().ticker().nanos() - startNanos) / 1_000_000;
  }
}
