package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.image.Overlays;
import dev.castra.project.StateRoot;
import dev.castra.qemu.SeedVolume;
import dev.castra.store.DiskRecord;
import java.io.IOException;
import java.nio.file.Files;

/** Takes disks from their VMs. Deletes nothing but files that Castra recorded as its own. */
final class DiskRemoval {
  private final ProjectSession session;

  DiskRemoval(ProjectSession session) {
    this.session = session;
  }

  /**
   * @param keep leave the file for {@code castra clean}
   */
  void retire(DiskRecord disk, String reason, boolean keep) {
    if (keep && Files.exists(disk.path())) {
      session.disks().retired(disk, reason);
      return;
    }
    remove(disk);
  }

  /**
   * Deletes overlay and seed, finished or not, then forgets the disk; one of another folder is
   * forgotten only. Repeatable.
   *
   * @return whether the overlay was there and is deleted
   */
  boolean remove(DiskRecord disk) {
    boolean deleted = deleteFiles(disk);
    session.disks().removed(disk);
    return deleted;
  }

  private boolean deleteFiles(DiskRecord disk) {
    StateRoot root = session.project().stateRoot();
    try {
      SeedVolume.remove(root.seed(disk.vm(), disk.id()));
      if (!Disks.isBelow(root, disk.vm(), disk.path())) {
        return false;
      }
      Files.deleteIfExists(Overlays.unfinished(disk.path()));
      return Files.deleteIfExists(disk.path());
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.IO,
          "Disk `" + disk.path() + "` cannot be removed: " + e.getMessage() + ".",
          "Remove what is in the way, then run the command again.",
          e);
    }
  }
}
