package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.event.CastraEvent;
import dev.castra.event.EventSink;
import dev.castra.project.Project;
import dev.castra.store.StampReader;
import dev.castra.store.VmClaims;
import dev.castra.vm.VmName;
import java.util.Optional;

/** Takes back the stamp of a VM's present disk, so that the next {@code up} bootstraps it again. */
public final class WithdrawStamp {
  private final Project project;
  private final Host host;

  public WithdrawStamp(Project project, Host host) {
    this.project = project;
    this.host = host;
  }

  /**
   * @return what was withdrawn; empty if the disk has no stamp that counts, or there is no disk
   * @throws CastraException with {@code VM_NOT_FOUND} for an unknown name, with {@code BUSY} if
   *     another castra works on the VM
   */
  public Optional<CastraEvent.StampWithdrawn> run(
      String name, CommandLineInfo command, EventSink sink) throws InterruptedException {
    if (!isRecorded(name)) {
      if (Selection.vm(project, name).isEmpty()) {
        throw Selection.noSuchVm(project, name);
      }
      return Optional.empty();
    }
    VmName vm = new VmName(name);
    try (ProjectSession session = ProjectSession.begin(project, host, command, sink);
        VmClaims.Claim claim = ImmediateClaim.take(session, vm)) {
      claim.announce();
      Optional<CastraEvent.StampWithdrawn> withdrawn = session.stamps().withdraw(vm);
      session.end(0);
      return withdrawn;
    }
  }

  /** Also true for a VM that left castra.toml: its stamps are still listed. */
  private boolean isRecorded(String name) {
    return VmName.isValid(name)
        && new StampReader(project.stateRoot(), host.ticker())
            .history(new VmName(name), Optional.empty())
            .isPresent();
  }
}
