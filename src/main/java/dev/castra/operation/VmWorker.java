package dev.castra.operation;

import dev.castra.bootstrap.Decision;
import dev.castra.bootstrap.StampFacts;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.event.Outcome;
import dev.castra.guest.HandshakeResult;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.qemu.BootFolder;
import dev.castra.qemu.ShutdownOutcome;
import dev.castra.run.OutcomeStatus;
import dev.castra.store.DiskRecord;
import dev.castra.store.VmClaims;
import dev.castra.vm.Sha256;
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
    try (VmClaims.Claim claim = awaitClaim()) {
      return workClaimed(claim);
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
    Deadline deadline = Deadline.after(session.host().ticker(), CLAIM_PATIENCE);
    Backoff backoff = Backoff.standard();
    boolean told = false;
    while (true) {
      Optional<VmClaims.Claim> claim = session.claims().tryClaim(vm);
      if (claim.isPresent()) {
        return claim.get();
      }
      Optional<VmClaims.Holder> holder = session.claims().holder(vm);
      if (context.options().noWait() || deadline.passed()) {
        throw busy(holder);
      }
      if (!told && holder.isPresent()) {
        told = true;
        tell("info", "waiting", "waiting for " + holder.get().description());
      }
      refuseIfCancelled();
      backoff.pause(deadline);
    }
  }

  private CastraException busy(Optional<VmClaims.Holder> holder) {
    return new CastraException(
        ErrorCode.BUSY,
        "VM `"
            + vm
            + "` is being worked on by "
            + holder.map(VmClaims.Holder::description).orElse("another castra process")
            + ".",
        "Try again later, or leave out `--no-wait`.");
  }

  private Outcome workClaimed(VmClaims.Claim claim) throws InterruptedException {
    new Reconciliation(session).interruptOrphans(vm, claim);
    Sha256 imageHash = context.imageHash(plan.baseImage());
    Optional<Boots.Live> live = context.boots().find(vm);
    Disks.Plan diskPlan = context.disks().plan(plan, imageHash);
    Decision decision = decide(diskPlan);
    tellPlan(decision);
    if (diskPlan instanceof Disks.Plan.Keep keep
        && !(decision instanceof Decision.Run)
        && live.flatMap(running -> running.boot().shakenAt()).isPresent()) {
      return done(decision, keep.disk());
    }
    claim.announce();
    return bring(decision, diskPlan, live, imageHash);
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

  private Outcome bring(
      Decision decision, Disks.Plan diskPlan, Optional<Boots.Live> live, Sha256 imageHash)
      throws InterruptedException {
    Optional<Boots.Live> usable = live;
    Optional<Disks.Draft> draft = Optional.empty();
    DiskRecord disk;
    if (diskPlan instanceof Disks.Plan.Fresh fresh) {
      if (live.isPresent()) {
        stop(live.get(), fresh.reason());
        usable = Optional.empty();
      }
      fresh.old().ifPresent(old -> retire(old, fresh.reason()));
      draft = Optional.of(context.disks().draft(plan, imageHash));
      disk = draft.get().disk();
    } else {
      disk = ((Disks.Plan.Keep) diskPlan).disk();
    }
    Machine machine = new Machine(context, plan, disk, draft, usable);
    if (decision instanceof Decision.Run run) {
      return new BootstrapRun(context, plan, disk, machine, startNanos).carryOut(run);
    }
    awaitGuest(machine);
    return done(decision, disk);
  }

  private void stop(Boots.Live live, String reason) throws InterruptedException {
    tell("warning", "vm-restarted", "the VM is stopped and started anew: " + reason);
    if (new Shutdown(session).stop(vm, live.vm(), reason) == ShutdownOutcome.FAILED) {
      throw new CastraException(
          ErrorCode.SHUTDOWN_FAILED,
          "VM `" + vm + "` needs a new disk (" + reason + ") but does not stop.",
          "End process " + live.vm().process().pid() + " by hand, then run `castra up` again.");
    }
  }

  /** An ephemeral or unfinished disk is deleted; any other is kept for the user to look at. */
  private void retire(DiskRecord old, String reason) {
    new DiskRemoval(session).retire(old, reason, !isDisposable(old));
  }

  private boolean isDisposable(DiskRecord old) {
    return !old.complete() || plan.spec().disk() == dev.castra.vm.DiskPolicy.EPHEMERAL;
  }

  private void awaitGuest(Machine machine) throws InterruptedException {
    machine.start();
    HandshakeResult result =
        machine.access().awaitHandshake(plan.spec().bootstrap().handshakeTimeout());
    if (result instanceof HandshakeResult.NotShaken not) {
      refuseIfCancelled();
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

  private Optional<String> logOfBoot() {
    return session
        .boots()
        .latest(vm)
        .map(boot -> new BootFolder(boot.directory()).qemuLog().toString());
  }

  private Outcome failed(CastraException e) {
    Optional<String> log = Optional.empty();
    try {
      log = logOfBoot();
      session.events().publish(new CastraEvent.VmFailed(vm, e.getMessage(), e.hint(), log));
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
