package dev.castra.operation;

import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import dev.castra.image.Overlays;
import dev.castra.process.PrivateFiles;
import dev.castra.project.StateRoot;
import dev.castra.qemu.Seed;
import dev.castra.qemu.SeedVolume;
import dev.castra.store.DiskRecord;
import dev.castra.vm.DiskId;
import dev.castra.vm.DiskPolicy;
import dev.castra.vm.Sha256;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Decides whether a VM keeps its overlay, and makes new ones. Call with the VM's claim. */
final class Disks {
  private final ProjectSession session;
  private final StateRoot root;
  private final Overlays overlays;
  private final SshIdentity clientKey;

  Disks(ProjectSession session, Overlays overlays, SshIdentity clientKey) {
    this.session = session;
    this.root = session.project().stateRoot();
    this.overlays = overlays;
    this.clientKey = clientKey;
  }

  /** What is to happen to a VM's disk. */
  sealed interface Plan {
    /** The present disk serves. */
    record Keep(DiskRecord disk) implements Plan {}

    /**
     * A new one is needed.
     *
     * @param reason such as "base image changed"
     * @param old the disk to move aside first
     */
    record Fresh(String reason, Optional<DiskRecord> old) implements Plan {}
  }

  Plan plan(VmPlan vm, Sha256 baseImageHash) {
    return plan(root, session.disks().present(vm.name()), vm.spec().disk(), baseImageHash);
  }

  /** Reads nothing but whether the disk's file is there. */
  static Plan plan(
      StateRoot root, Optional<DiskRecord> present, DiskPolicy policy, Sha256 baseImageHash) {
    // A machine that exists already was the VM before its driver changed, and had no disk of ours.
    if (present.filter(disk -> !disk.isMachine()).isEmpty()) {
      return new Plan.Fresh("the disk is new", present);
    }
    DiskRecord disk = present.get();
    if (!disk.complete()) {
      return new Plan.Fresh("the disk was never finished", present);
    }
    if (!Files.exists(disk.path())) {
      return new Plan.Fresh("the disk's file was gone", present);
    }
    if (!isBelow(root, disk.vm(), disk.path())) {
      return new Plan.Fresh("the recorded disk is of another folder", present);
    }
    if (!disk.baseImageHash().equals(baseImageHash)) {
      String change = disk.baseImageHash().brief() + " to " + baseImageHash.brief();
      return new Plan.Fresh("base image changed (" + change + ")", present);
    }
    if (policy == DiskPolicy.EPHEMERAL) {
      return new Plan.Fresh("the disk is ephemeral", present);
    }
    return new Plan.Keep(disk);
  }

  /**
   * Whether a disk is where this state root has those of the VM, by whatever name that is reached.
   * A record that was copied or restored into another project names the disks of that one's VMs.
   */
  static boolean isBelow(StateRoot root, VmName vm, Path disk) {
    Path folder = root.vmFolder(vm);
    if (disk.startsWith(folder)) {
      return true;
    }
    try {
      return Files.isSameFile(disk.resolveSibling(""), folder);
    } catch (IOException absent) {
      return false;
    }
  }

  /** An overlay names its base image by path; call while the VM does not run. */
  void followImage(VmPlan vm, DiskRecord disk) throws InterruptedException {
    if (!disk.baseImagePath().equals(vm.baseImage().path())) {
      overlays.rebase(vm.baseImage(), disk.path());
      session.disks().rebased(disk.id(), vm.baseImage().path());
    }
  }

  /** A new overlay on paper: recorded before it exists, so that it can be recognised as ours. */
  Draft draft(VmPlan vm, Sha256 baseImageHash) {
    DiskId id = DiskId.fresh();
    SshIdentity hostKey = SshKeys.generate(vm.name().value());
    DiskRecord record =
        new DiskRecord(
            id,
            vm.name(),
            root.disk(vm.name(), id),
            vm.baseImage().path(),
            baseImageHash,
            hostKey.publicKeyLine(),
            false,
            vm.spec().disk() == DiskPolicy.EPHEMERAL,
            false,
            Optional.empty());
    session.disks().planned(record);
    return new Draft(record, hostKey);
  }

  /** A disk that is recorded but has no file yet. */
  record Draft(DiskRecord disk, SshIdentity hostKey) {}

  /** Makes the overlay and its seed; blocks for a moment. */
  void create(VmPlan vm, Draft draft) throws InterruptedException {
    VmName name = vm.name();
    PrivateFiles.createFolder(root.vmFolder(name));
    SeedVolume.write(
        root.seed(name, draft.disk().id()),
        new Seed(
            name,
            draft.disk().id(),
            clientKey.publicKeyLine(),
            draft.hostKey().privateKeyText(),
            draft.hostKey().publicKeyLine()));
    overlays.create(vm.baseImage(), draft.disk().path());
    session.disks().created(draft.disk());
  }
}
