package dev.castra.operation;

import dev.castra.bootstrap.GuestAccess;
import dev.castra.guest.HandshakeResult;
import dev.castra.guest.HostKeyPolicy;
import dev.castra.guest.SshEndpoint;
import dev.castra.store.DiskRecord;
import dev.castra.vm.BootId;
import dev.castra.vm.SshTarget;
import dev.castra.vm.VmName;
import java.util.Optional;
import java.util.function.Consumer;

/** A machine that exists already: neither started nor stopped, known by its SSH host key. */
final class ForeignMachine implements Machine {
  private final UpContext context;
  private final VmName vm;
  private final VmPlan.Hardware.Foreign hardware;
  private final DiskRecord disk;
  private final Optional<HandshakeResult.NotShaken> unanswered;

  /**
   * @param disk stands for the machine's identity
   * @param unanswered why it has no identity yet: it never answered
   */
  ForeignMachine(
      UpContext context,
      VmName vm,
      VmPlan.Hardware.Foreign hardware,
      DiskRecord disk,
      Optional<HandshakeResult.NotShaken> unanswered) {
    this.context = context;
    this.vm = vm;
    this.hardware = hardware;
    this.disk = disk;
    this.unanswered = unanswered;
  }

  @Override
  public DiskRecord disk() {
    return disk;
  }

  @Override
  public Optional<BootId> start(Consumer<BootId> planned) {
    if (unanswered.isPresent()) {
      throw unanswered.get().toException();
    }
    return Optional.empty();
  }

  @Override
  public GuestAccess access() {
    return access(
        HostKeyPolicy.pinned(vm.value(), disk.hostKey(), key -> context.ownerOfKey(vm, key)));
  }

  /** For the first contact, which shows the key. */
  GuestAccess access(HostKeyPolicy policy) {
    SshTarget target = hardware.target();
    return new GuestAccess(
        context.guests(),
        new SshEndpoint(target.host(), target.port(), target.user()),
        hardware.identity(),
        policy,
        this,
        context.session().host().ticker());
  }

  @Override
  public void shaken(HandshakeResult.Shaken shaken) {
    context.session().disks().contacted(vm, shaken.elapsed(), shaken.attempts());
  }

  @Override
  public void silent() {
    context.session().disks().notContacted(vm);
  }

  @Override
  public Optional<HandshakeResult.NotShaken> unanswered() {
    return unanswered;
  }

  @Override
  public Optional<String> deathNotice() {
    return Optional.empty();
  }

  @Override
  public Optional<String> cancelled() {
    return context.cancellation().reason();
  }

  @Override
  public Optional<String> stopRequest() {
    return Optional.empty();
  }
}
