package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.EventSink;
import dev.castra.guest.Guests;
import dev.castra.guest.HandshakeResult;
import dev.castra.guest.HostKeyPolicy;
import dev.castra.guest.Liveness;
import dev.castra.guest.SshEndpoint;
import dev.castra.guest.SshKeys;
import dev.castra.process.Deadline;
import dev.castra.project.Project;
import dev.castra.store.DiskRecord;
import dev.castra.store.VmClaims;
import dev.castra.vm.SshTarget;
import dev.castra.vm.VmName;
import dev.castra.vm.VmSpec;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** Accepts the SSH host key that a machine shows now, after it was reinstalled. */
public final class Trust {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Project project;
  private final Host host;
  private final Cancellation cancellation;

  public Trust(Project project, Host host, Cancellation cancellation) {
    this.project = project;
    this.host = host;
    this.cancellation = cancellation;
  }

  /**
   * A key to be accepted.
   *
   * @param known fingerprint of the key accepted before
   * @param shown fingerprint of the key the machine shows
   */
  public record Offer(VmName vm, String address, Optional<String> known, String shown) {
    public boolean isNew() {
      return known.filter(shown::equals).isEmpty();
    }
  }

  /**
   * Contacts the machine and records its key if {@code accepts} says so; its next bootstrap then
   * runs whatever was done before. Blocks up to a minute, and for as long as {@code accepts} does.
   *
   * @return the key; accepted if it is new and {@code accepts} said so
   * @throws CastraException with {@code INTERRUPTED} if the user wants to stop, even while {@code
   *     accepts} decides; if there is no such VM, it has another driver or a fixed key, another
   *     castra works on it, or it does not answer
   */
  public Offer run(String name, CommandLineInfo command, EventSink sink, Predicate<Offer> accepts)
      throws InterruptedException {
    VmSpec vm = spec(name);
    SshTarget target = target(vm);
    try (ProjectSession session = ProjectSession.begin(project, host, command, sink);
        VmClaims.Claim claim = ImmediateClaim.take(session, vm.name())) {
      claim.announce();
      ForeignIdentity identity = new ForeignIdentity(session, vm.name(), target);
      String key = contact(session, vm.name(), target);
      Offer offer =
          new Offer(
              vm.name(),
              target.address(),
              identity.known().map(DiskRecord::hostKey).map(SshKeys::fingerprint),
              SshKeys.fingerprint(key));
      boolean accepted = offer.isNew() && accepts.test(offer);
      cancellation.refuseIfRequested();
      if (accepted) {
        identity.replace(Optional.of(key), "the machine's SSH host key was accepted anew");
      }
      session.end(0);
      return offer;
    }
  }

  private VmSpec spec(String name) {
    return Selection.vm(project, name).orElseThrow(() -> Selection.noSuchVm(project, name));
  }

  private static SshTarget target(VmSpec vm) {
    SshTarget target =
        vm.ssh()
            .orElseThrow(
                () ->
                    new CastraException(
                        ErrorCode.PREFLIGHT_FAILED,
                        "VM `" + vm.name() + "` gets its SSH host key from Castra.",
                        "Only a VM with `driver = \"ssh\"` needs to be trusted."));
    if (target.hostKey().isPresent()) {
      throw new CastraException(
          ErrorCode.PREFLIGHT_FAILED,
          "The SSH host key of VM `" + vm.name() + "` is fixed in castra.toml.",
          "Change `host_key` there; the next `castra up` then accepts the new one.");
    }
    return target;
  }

  private String contact(ProjectSession session, VmName vm, SshTarget target)
      throws InterruptedException {
    Liveness untilCancelled = cancellation::reason;
    try (Guests guests = new Guests(host.ticker())) {
      HandshakeResult result =
          guests.awaitHandshake(
              new SshEndpoint(target.host(), target.port(), target.user()),
              SshKeys.load(target.identityFile(), vm.value()),
              HostKeyPolicy.unknown(
                  vm.value(), key -> session.disks().ownerOfHostKey(key, vm).map(VmName::value)),
              Deadline.after(host.ticker(), LIMIT),
              untilCancelled);
      if (result instanceof HandshakeResult.NotShaken not) {
        cancellation.refuseIfRequested();
        throw not.toException();
      }
      HandshakeResult.Shaken shaken = (HandshakeResult.Shaken) result;
      shaken.session().close();
      return shaken.hostKey().line();
    }
  }
}
