package dev.castra.operation;

import dev.castra.project.StateRoot;
import dev.castra.qemu.BootFolder;
import dev.castra.qemu.RunningVm;
import dev.castra.qemu.VmProcesses;
import dev.castra.store.BootRecord;
import dev.castra.store.VmSnapshot;
import dev.castra.vm.BootId;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Tells this state root's boots from those that a record copied from another folder brought along:
 * a process of those runs for somebody else, and is neither used nor stopped.
 */
record OwnBoots(StateRoot root) {
  /** The boot's process, if it runs and is this state root's; changes nothing. */
  Optional<RunningVm> find(BootRecord boot) {
    return find(boot.vm(), boot.id(), boot.directory());
  }

  /** As {@link #find(BootRecord)}. */
  Optional<RunningVm> find(VmName vm, VmSnapshot.Boot boot) {
    return find(vm, boot.id(), Path.of(boot.directory()));
  }

  private Optional<RunningVm> find(VmName vm, BootId boot, Path directory) {
    return has(vm, boot, directory)
        ? VmProcesses.find(new BootFolder(directory), boot)
        : Optional.empty();
  }

  boolean has(BootRecord boot) {
    return has(boot.vm(), boot.id(), boot.directory());
  }

  /**
   * False if the boot's folder is there and is another one than this state root's, by whatever name
   * that is reached. If it is gone this may be the same project, moved with its VM still running.
   */
  boolean has(VmName vm, BootId boot, Path directory) {
    if (directory.startsWith(root.vmFolder(vm)) || Files.notExists(directory)) {
      return true;
    }
    try {
      return Files.isSameFile(directory, root.bootFolder(vm, boot));
    } catch (IOException absent) {
      return false;
    }
  }
}
