package dev.castra.operation;

import dev.castra.project.StateRoot;
import dev.castra.qemu.BootFolder;
import dev.castra.qemu.VmProcesses;
import dev.castra.store.Leftovers;
import dev.castra.vm.BootId;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Forgets starts of VMs. Their files go first: a row that has none any more is found again if the
 * castra that was at it died.
 */
final class OldBoots {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final StateRoot root;
  private final Leftovers leftovers;

  OldBoots(StateRoot root, Leftovers leftovers) {
    this.root = root;
    this.leftovers = leftovers;
  }

  /**
   * @return how many there were
   */
  int delete(Instant cutoff) throws IOException {
    List<Leftovers.OldBoot> boots = leftovers.boots(cutoff);
    for (Leftovers.OldBoot boot : boots) {
      new BootFolder(root.bootFolder(boot.vm(), boot.id())).delete();
    }
    leftovers.deleteBoots(boots);
    return boots.size();
  }

  /** Deletes the files of starts that no row knows: an older Castra, or a restore, lost those. */
  void deleteUnknown(VmName vm, Instant cutoff) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(root.bootFolders(vm))) {
      for (Path folder : folders) {
        Optional<BootId> boot = boot(folder);
        if (boot.isPresent()
            && Files.getLastModifiedTime(folder).toInstant().isBefore(cutoff)
            && !leftovers.isRecorded(boot.get())
            && VmProcesses.find(new BootFolder(folder), boot.get()).isEmpty()) {
          new BootFolder(folder).delete();
        }
      }
    } catch (NoSuchFileException | NotDirectoryException none) {
      // The VM was never started.
    }
  }

  private static Optional<BootId> boot(Path folder) {
    String name = folder.getFileName().toString();
    return ID.matcher(name).matches()
        ? Optional.of(new BootId(UUID.fromString(name)))
        : Optional.empty();
  }
}
