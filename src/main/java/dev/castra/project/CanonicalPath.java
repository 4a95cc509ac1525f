package dev.castra.project;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The one real name of a path that need not exist yet. */
final class CanonicalPath {
  private CanonicalPath() {}

  /**
   * Resolves every symbolic link, also one whose target is still to be created.
   *
   * @param path absolute
   * @throws IOException if a part cannot be read, is not a folder, or links form a loop
   */
  static Path of(Path path) throws IOException {
    try {
      return path.toRealPath();
    } catch (NoSuchFileException e) {
      return ofMissing(path);
    }
  }

  private static Path ofMissing(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      return of(path.resolveSibling(Files.readSymbolicLink(path)));
    }
    Path parent = path.getParent();
    Path name = path.getFileName();
    if (parent == null || name == null) {
      throw new NoSuchFileException(path.toString());
    }
    return of(parent).resolve(name).normalize();
  }
}
