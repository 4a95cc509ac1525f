package dev.castra.operation;

import dev.castra.bootstrap.RunFailure;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.run.RunStatus;
import dev.castra.store.UnfinishedRun;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import java.time.Duration;
import java.util.Optional;

/** Gives runs whose doer died their final status. */
final class Reconciliation {
  private final ProjectSession session;

  Reconciliation(ProjectSession session) {
    this.session = session;
  }

  /** Whoever holds the VM's claim knows that nobody else works on it, so open runs are orphans. */
  void interruptOrphans(VmName vm, VmClaims.Claim claim) {
    for (UnfinishedRun run : session.runs().unfinished(vm)) {
      claim.announce();
      interrupt(run);
    }
  }

  private void interrupt(UnfinishedRun run) {
    RunFacts facts =
        new RunFacts(
            run.id(),
            run.vm(),
            run.trigger(),
            run.reason(),
            run.baseImageHash(),
            run.artifactHash(),
            run.startedAt());
    long duration =
        Math.max(0, Duration.between(run.startedAt(), session.host().clock().instant()).toMillis());
    RunFailure failure =
        new RunFailure(
            run.step(),
            ErrorCode.INTERRUPTED,
            "The castra process that carried out run " + run.id() + " died.",
            "Nothing needs to be done: `castra up` runs the bootstrap again.");
    try (LoggedRun log = LoggedRun.open(session, session.runs().reopen(run), facts)) {
      log.failed(RunStatus.INTERRUPTED, failure, duration);
    }
    session
        .events()
        .publish(
            new CastraEvent.Diagnostic(
                Optional.of(run.vm()),
                "warning",
                "run-interrupted",
                "run "
                    + run.id()
                    + " was interrupted"
                    + run.step().map(step -> " at `" + step.id() + "`").orElse("")
                    + ": its castra process died"));
  }
}
