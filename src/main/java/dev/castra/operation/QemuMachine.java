package dev.castra.operation;

import dev.castra.bootstrap.GuestAccess;
import dev.castra.error.CastraBug;
import dev.castra.error.CastraException;
import dev.castra.event.CastraEvent;
import dev.castra.guest.Console;
import dev.castra.guest.HandshakeResult;
import dev.castra.guest.HostKeyPolicy;
import dev.castra.guest.SshEndpoint;
import dev.castra.qemu.BootFolder;
import dev.castra.store.BootRecord;
import dev.castra.store.DiskRecord;
import dev.castra.vm.BootId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.VmName;
import java.util.Optional;
import java.util.function.Consumer;

/** A machine that Castra boots. */
final class QemuMachine implements Machine {
  private static final String ANY_ADDRESS = "0.0.0.0";
  private static final String USER = "root";

  private final UpContext context;
  private final VmPlan plan;
  private final DiskRecord disk;
  private Optional<Disks.Draft> draft;
  private volatile Optional<Boots.Live> live;
  private volatile Optional<WatchedConsole> console = Optional.empty();
  private Optional<BootSlots.Slot> slot = Optional.empty();

  /**
   * @param draft the disk's file, still to be made
   * @param live the process, if it runs already
   */
  QemuMachine(
      UpContext context,
      VmPlan plan,
      DiskRecord disk,
      Optional<Disks.Draft> draft,
      Optional<Boots.Live> live) {
    this.context = context;
    this.plan = plan;
    this.disk = disk;
    this.draft = draft;
    this.live = live;
  }

  @Override
  public DiskRecord disk() {
    return disk;
  }

  @Override
  public boolean boots() {
    return live.isEmpty();
  }

  @Override
  public Optional<BootId> start(Consumer<BootId> planned) throws InterruptedException {
    if (live.isEmpty()) {
      plan.baseImage().requireUnchanged();
    }
    if (draft.isPresent()) {
      context.disks().create(plan, draft.get());
      draft = Optional.empty();
    }
    if (live.isEmpty()) {
      context.disks().followImage(plan, disk);
      try {
        live = Optional.of(context.boots().start(plan, disk, boot -> awaitSlot(boot, planned)));
      } catch (CastraException e) {
        silent();
        throw e;
      }
    } else {
      planned.accept(running().boot().id());
    }
    console = Optional.of(watch(running().boot()));
    return Optional.of(running().boot().id());
  }

  private void awaitSlot(BootId boot, Consumer<BootId> planned) throws InterruptedException {
    planned.accept(boot);
    slot = Optional.of(context.bootSlots().take(this));
    // The last moment before QEMU reads it, after a wait that may have been long.
    plan.baseImage().requireUnchanged();
  }

  private WatchedConsole watch(BootRecord boot) {
    return new WatchedConsole(
        plan.name(),
        new BootFolder(boot.directory()).serialLog(),
        context.session().host().ticker());
  }

  @Override
  public GuestAccess access() {
    Boots.Live running = running();
    ForwardedPort ssh = running.sshPort();
    String address =
        ssh.hostAddress().equals(ANY_ADDRESS) ? ForwardedPort.LOOPBACK : ssh.hostAddress();
    return new GuestAccess(
        context.guests(),
        new SshEndpoint(address, ssh.hostPort(), USER),
        context.clientKey(),
        new HostKeyPolicy(
            plan.name().value(),
            Optional.of(disk.hostKey()),
            disk.hostKeyConfirmed(),
            key -> context.ownerOfKey(plan.name(), key)),
        this,
        context.session().host().ticker());
  }

  /** The boot has shaken hands, and the host key is pinned. */
  @Override
  public void shaken(HandshakeResult.Shaken shaken) {
    slot.ifPresent(BootSlots.Slot::close);
    console.ifPresent(WatchedConsole::answered);
    VmName vm = plan.name();
    context
        .session()
        .boots()
        .shaken(running().boot().id(), vm, shaken.elapsed(), shaken.attempts());
    if (!disk.hostKeyConfirmed()) {
      context.session().disks().pinHostKey(disk.id(), shaken.hostKey().line());
    }
    if (shaken.hostKey().seedIgnored()) {
      context
          .session()
          .events()
          .publish(
              new CastraEvent.Diagnostic(
                  Optional.of(vm),
                  "warning",
                  "seed-ignored",
                  "the image ignores the seed's SSH host key; pinned "
                      + shaken.hostKey().fingerprint()
                      + " on first contact"));
    }
  }

  @Override
  public void silent() {
    slot.ifPresent(BootSlots.Slot::close);
  }

  @Override
  public Optional<String> deathNotice() {
    return live.filter(running -> running.vm().hasExited())
        .map(
            gone ->
                "The QEMU process of VM `"
                    + plan.name()
                    + "` is gone; its last words are in `"
                    + gone.boot().directory()
                    + "`.")
        .or(() -> console.flatMap(WatchedConsole::deathNotice));
  }

  @Override
  public Console console() {
    return console.<Console>map(watched -> watched).orElseGet(Console::none);
  }

  @Override
  public Optional<String> cancelled() {
    return context.cancellation().reason();
  }

  @Override
  public Optional<String> stopRequest() {
    return context
        .session()
        .boots()
        .latest(plan.name())
        .flatMap(BootRecord::stopRequestedAt)
        .map(stopped -> "interrupted: another castra stopped VM `" + plan.name() + "`");
  }

  private Boots.Live running() {
    return live.orElseThrow(() -> new CastraBug("a machine is used before it is started"));
  }
}
