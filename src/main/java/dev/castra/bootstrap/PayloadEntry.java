package dev.castra.bootstrap;

import java.nio.file.Path;

/**
 * One file, folder or link of a payload.
 *
 * @param rawName bytes of the name relative to the payload folder, components separated by slashes
 * @param source where it is on the host
 * @param mode permission bits, 0 to 07777
 * @param sizeBytes content length; 0 for folders and links
 * @param linkTarget bytes of a link's target; empty for files and folders
 */
public record PayloadEntry(
    Kind kind, byte[] rawName, Path source, int mode, long sizeBytes, byte[] linkTarget) {
  /** What an entry is. */
  public enum Kind {
    FILE,
    DIRECTORY,
    SYMLINK
  }

  public String printableName() {
    return NameBytes.printable(rawName);
  }
}
