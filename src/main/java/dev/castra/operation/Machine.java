package dev.castra.operation;

import dev.castra.bootstrap.GuestAccess;
import dev.castra.bootstrap.Surroundings;
import dev.castra.error.CastraBug;
import dev.castra.event.CastraEvent;
import dev.castra.guest.Console;
import dev.castra.guest.HandshakeResult;
import dev.castra.guest.HostKeyPolicy;
import dev.castra.guest.SshEndpoint;
import dev.castra.qemu.BootFolder;
import dev.castra.store.BootRecord;
import dev.castra.store.DiskRecord;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.VmName;
import java.util.Optional;

/**
 * One VM's machine: started when it is needed, reachable afterwards. Started and used by one
 * thread.
 */
final class Machine implements Surroundings {
  private static final String ANY_ADDRESS = "0.0.0.0";
  private static final String USER = "root";

  private final UpContext context;
  private final VmPlan plan;
  private final DiskRecord disk;
  private Optional<Disks.Draft> draft;
  private volatile Optional<Boots.Live> live;
  private volatile Optional<WatchedConsole> console = Optional.empty();

  /**
   * @param draft the disk's file, still to be made
   * @param live the process, if it runs already
   */
  Machine(
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

  /** Makes the disk and starts the process where that is still to be done. */
  BootRecord start() throws InterruptedException {
    if (draft.isPresent()) {
      context.disks().create(plan, draft.get());
      draft = Optional.empty();
    }
    if (live.isEmpty()) {
      live = Optional.of(context.boots().start(plan, disk));
    }
    BootRecord boot = live.get().boot();
    console = Optional.of(watch(boot));
    return boot;
  }

  private WatchedConsole watch(BootRecord boot) {
    return new WatchedConsole(
        plan.name(),
        new BootFolder(boot.directory()).serialLog(),
        context.session().host().ticker());
  }

  /** The way into the guest; call after {@link #start}. */
  GuestAccess access() {
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
            this::ownerOfKey),
        this,
        context.session().host().ticker());
  }

  /** Records the guest's answer: the boot has shaken hands, and the host key is pinned. */
  void shaken(HandshakeResult.Shaken shaken) {
    VmName vm = plan.name();
    console.ifPresent(WatchedConsole::answered);
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

  private Optional<String> ownerOfKey(String keyLine) {
    return context.session().disks().ownerOfHostKey(keyLine, plan.name()).map(VmName::value);
  }

  @Override
  public Optional<String> deathNotice() {
    return live.filter(running -> running.vm().hasExited())
        .map(gone -> "The QEMU process of VM `" + plan.name() + "` is gone.")
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
        .filter(BootRecord::stopRequested)
        .map(stopped -> "interrupted: another castra stopped VM `" + plan.name() + "`");
  }

  private Boots.Live running() {
    return live.orElseThrow(() -> new CastraBug("a machine is used before it is started"));
  }
}
