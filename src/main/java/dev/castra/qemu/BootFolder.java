package dev.castra.qemu;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Files of one boot of a VM; every file name is spelled here and nowhere else.
 *
 * @param path absolute path of a folder that belongs to this boot alone
 */
public record BootFolder(Path path) {
  static final String QEMU_LOG = "qemu.log";

  /** What the guest wrote to its first serial port. */
  public Path serialLog() {
    return path.resolve("serial.log");
  }

  /** What QEMU itself complained about. */
  public Path qemuLog() {
    return path.resolve(QEMU_LOG);
  }

  /** The command that started QEMU, to be read and repeated by people. */
  public Path commandFile() {
    return path.resolve("command.txt");
  }

  Path pidFile() {
    return path.resolve("qemu.pid");
  }

  /** Symbolic link to the QMP socket, whose own path has to be shorter than this one may be. */
  Path qmpLink() {
    return path.resolve("qmp.sock");
  }

  /**
   * Deletes the files of a boot that is over, and the folder unless it holds what others put there.
   * Repeatable.
   */
  public void delete() throws IOException {
    for (Path file : List.of(serialLog(), qemuLog(), commandFile(), pidFile(), qmpLink())) {
      Files.deleteIfExists(file);
    }
    try {
      Files.deleteIfExists(path);
    } catch (DirectoryNotEmptyException notOursAlone) {
      // Nothing is deleted that Castra did not create.
    }
  }
}
