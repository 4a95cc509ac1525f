package dev.castra.operation;

import dev.castra.error.CastraBug;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.CastraEvent;
import dev.castra.image.QemuPrograms;
import dev.castra.process.Deadline;
import dev.castra.process.PrivateFiles;
import dev.castra.project.Project;
import dev.castra.qemu.BootFolder;
import dev.castra.qemu.HostPorts;
import dev.castra.qemu.LaunchPlan;
import dev.castra.qemu.LaunchResult;
import dev.castra.qemu.QemuLauncher;
import dev.castra.qemu.RunningVm;
import dev.castra.qemu.SocketFolder;
import dev.castra.qemu.VmProcesses;
import dev.castra.store.BootRecord;
import dev.castra.store.DiskRecord;
import dev.castra.store.VmClaims;
import dev.castra.vm.Accelerator;
import dev.castra.vm.BootId;
import dev.castra.vm.ForwardedPort;
import dev.castra.vm.VmName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Starts VMs, and finds the ones that run. Call with the VM's claim. */
final class Boots {
  private static final Duration LAUNCH_LIMIT = Duration.ofSeconds(60);
  private static final int MOST_PORT_TRIES = 5;

  private final ProjectSession session;
  private final Optional<QemuPrograms> programs;
  private final Set<Integer> pickedPorts = new HashSet<>();

  /**
   * @param programs empty if nothing is to be started
   */
  Boots(ProjectSession session, Optional<QemuPrograms> programs) {
    this.session = session;
    this.programs = programs;
  }

  /** A VM whose process lives. */
  record Live(BootRecord boot, RunningVm vm, List<ForwardedPort> ports) {
    ForwardedPort sshPort() {
      return ports.stream().filter(ForwardedPort::isSsh).findFirst().orElseThrow();
    }
  }

  /**
   * The VM's running process, if any; a boot whose process is gone is recorded as ended.
   *
   * @param claim of the VM; announced before a process that is on its way is waited for
   */
  Optional<Live> find(VmName vm, VmClaims.Claim claim) throws InterruptedException {
    Optional<BootRecord> latest = session.boots().latest(vm).filter(boot -> !boot.ended());
    if (latest.isEmpty()) {
      return Optional.empty();
    }
    BootRecord boot = latest.get();
    if (new OwnBoots(session.project().stateRoot()).find(boot).isEmpty()) {
      claim.announce();
    }
    Optional<RunningVm> running = findProcess(session, boot);
    if (running.isEmpty()) {
      return Optional.empty();
    }
    if (boot.process().isEmpty()) {
      session.boots().adopted(boot.id(), running.get().process());
    }
    return Optional.of(new Live(boot, running.get(), session.boots().ports(vm)));
  }

  /**
   * The process of a boot that nobody else starts or watches, for whoever holds the VM's claim; if
   * there is none, or it is that of another folder's VM, the boot is recorded as ended.
   */
  static Optional<RunningVm> findProcess(ProjectSession session, BootRecord boot)
      throws InterruptedException {
    if (!new OwnBoots(session.project().stateRoot()).has(boot)) {
      session.boots().ended(boot.id(), "the boot is of another folder");
      return Optional.empty();
    }
    Deadline deadline = Deadline.after(session.host().ticker(), LAUNCH_LIMIT);
    Optional<RunningVm> running =
        VmProcesses.findUnwatched(new BootFolder(boot.directory()), boot.id(), deadline);
    if (running.isEmpty()) {
      session.boots().ended(boot.id(), "process gone");
    }
    return running;
  }

  /** What a boot waits for between its record and its start. */
  interface Turn {
    /**
     * Blocks until the boot may be tried.
     *
     * @throws CastraException if it must not be
     */
    void await(BootId boot) throws InterruptedException;
  }

  /**
   * Starts the VM when it is its turn; blocks until QEMU runs or has refused.
   *
   * @throws CastraException if it cannot be started
   */
  Live start(VmPlan vm, DiskRecord disk, Turn turn) throws InterruptedException {
    Project project = session.project();
    BootId boot = BootId.fresh();
    BootFolder folder = new BootFolder(project.stateRoot().bootFolder(vm.name(), boot));
    PrivateFiles.createFolder(folder.path());
    Path socket =
        SocketFolder.open(session.host().environment(), project.stateRoot().path()).socket(boot);
    session.boots().planned(boot, vm.name(), disk.id(), folder.path(), vm.accelerator().id());
    try {
      turn.await(boot);
      return launch(vm, plan(vm, disk, boot, folder, socket), disk);
    } catch (CastraException e) {
      // A start that could not be recorded leaves a VM that runs.
      if (VmProcesses.find(folder, boot).isEmpty()) {
        session.boots().ended(boot, "launch failed");
      }
      throw e;
    }
  }

  private LaunchPlan plan(VmPlan vm, DiskRecord disk, BootId boot, BootFolder folder, Path socket) {
    Project project = session.project();
    return new LaunchPlan(
        programs.orElseThrow(() -> new CastraBug("no QEMU")).system(),
        vm.name(),
        boot,
        project.name(),
        vm.spec().cpus(),
        vm.spec().memoryMib(),
        vm.accelerator(),
        disk.path(),
        project.stateRoot().seed(vm.name(), disk.id()),
        choosePorts(vm, Set.of()),
        folder,
        socket);
  }

  private Live launch(VmPlan vm, LaunchPlan first, DiskRecord disk) throws InterruptedException {
    LaunchPlan plan = first;
    Set<Integer> taken = new HashSet<>();
    for (int tries = 0; ; tries++) {
      session.boots().portsChosen(vm.name(), plan.ports());
      Deadline deadline = Deadline.after(session.host().ticker(), LAUNCH_LIMIT);
      LaunchResult result = QemuLauncher.launch(plan, deadline);
      if (result instanceof LaunchResult.Launched launched) {
        return started(vm, plan, launched.vm(), disk);
      }
      if (result instanceof LaunchResult.PortTaken port && tries < MOST_PORT_TRIES) {
        requirePicked(vm, port);
        taken.add(port.hostPort());
        plan = plan.withPorts(choosePorts(vm, taken));
      } else if (result instanceof LaunchResult.KvmRefused refused
          && vm.spec().accel() == Accelerator.AUTO
          && plan.accelerator() == Accelerator.KVM) {
        warn(
            vm.name(),
            "kvm-refused",
            "KVM does not work here, so TCG is used: " + refused.detail());
        plan = plan.withAccelerator(Accelerator.TCG);
      } else {
        throw refusal(vm.name(), plan, result);
      }
    }
  }

  private Live started(VmPlan vm, LaunchPlan plan, RunningVm running, DiskRecord disk) {
    session
        .boots()
        .started(plan.boot(), vm.name(), running.process(), plan.accelerator().id(), plan.ports());
    BootRecord boot =
        new BootRecord(
            plan.boot(),
            vm.name(),
            disk.id(),
            plan.bootFolder().path(),
            Optional.of(running.process()),
            Optional.empty(),
            false,
            Optional.empty());
    return new Live(boot, running, plan.ports());
  }

  /** Ports from the configuration; those left to Castra stay what they were if that is free. */
  private synchronized List<ForwardedPort> choosePorts(VmPlan vm, Set<Integer> taken) {
    List<ForwardedPort> remembered = session.boots().ports(vm.name());
    Set<Integer> exclude = new HashSet<>(session.boots().portsOfOthers(vm.name()));
    exclude.addAll(taken);
    exclude.addAll(pickedPorts);
    session
        .project()
        .vms()
        .forEach(spec -> spec.ports().forEach(port -> exclude.add(port.hostPort())));
    List<ForwardedPort> ports = new ArrayList<>();
    for (ForwardedPort wanted : vm.spec().ports()) {
      int port = wanted.hostPort();
      if (port == 0) {
        port =
            remembered.stream()
                .filter(known -> sameGuestEnd(known, wanted))
                .map(ForwardedPort::hostPort)
                .filter(known -> !exclude.contains(known))
                .filter(known -> isFree(wanted, known))
                .findFirst()
                .orElseGet(() -> HostPorts.pick(wanted.hostAddress(), wanted.protocol(), exclude));
        exclude.add(port);
        pickedPorts.add(port);
      }
      ports.add(wanted.withHostPort(port));
    }
    return ports;
  }

  private static boolean sameGuestEnd(ForwardedPort known, ForwardedPort wanted) {
    return known.guestPort() == wanted.guestPort()
        && known.protocol() == wanted.protocol()
        && known.hostAddress().equals(wanted.hostAddress());
  }

  private static boolean isFree(ForwardedPort wanted, int port) {
    return HostPorts.obstacle(wanted.hostAddress(), port, wanted.protocol()).isEmpty();
  }

  /** A fixed port that is free again was held by somebody who only asked for it. */
  private static void requirePicked(VmPlan vm, LaunchResult.PortTaken taken) {
    Optional<ForwardedPort> fixed =
        vm.spec().ports().stream()
            .filter(port -> port.hostPort() == taken.hostPort())
            .filter(port -> !isFree(port, port.hostPort()))
            .findFirst();
    if (fixed.isPresent()) {
      throw new CastraException(
          ErrorCode.PORT_TAKEN,
          "Host port `%d` of VM `%s` is taken%s: %s."
              .formatted(
                  taken.hostPort(),
                  vm.name(),
                  HostPorts.byWhom(
                      fixed.get().hostAddress(), taken.hostPort(), fixed.get().protocol()),
                  taken.detail()),
          "Stop what uses it, or change `host` in castra.toml; 0 lets Castra pick.");
    }
  }

  private static CastraException refusal(VmName vm, LaunchPlan plan, LaunchResult result) {
    String detail =
        result instanceof LaunchResult.Refused refused
            ? refused.detail()
            : result instanceof LaunchResult.KvmRefused kvm
                ? kvm.detail()
                : result instanceof LaunchResult.PortTaken port ? port.detail() : "";
    return new CastraException(
        ErrorCode.LAUNCH_FAILED,
        "QEMU did not start VM `" + vm + "`: " + detail + ".",
        "Look at `"
            + plan.bootFolder().qemuLog()
            + "`; the command is in `command.txt` beside it.");
  }

  private void warn(VmName vm, String code, String message) {
    session.events().publish(new CastraEvent.Diagnostic(Optional.of(vm), "warning", code, message));
  }
}
