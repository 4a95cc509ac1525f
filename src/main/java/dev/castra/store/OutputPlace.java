package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where copies of the record may go. */
final class OutputPlace {
  private OutputPlace() {}

  /**
   * Keeps the database's own folder free: what is in it is replaced and removed by its owners.
   *
   * @param target absolute; as it was named
   * @param place the folder that is written to, which need not exist, however it is reached
   * @throws CastraException with {@code CANNOT_CREATE} if it is in that folder
   */
  static void requireOutside(StateRoot root, Path target, Path place) {
    Path folder = root.databaseFolder();
    try {
      if (real(place).startsWith(real(folder))) {
        throw new CastraException(
            ErrorCode.CANNOT_CREATE,
            "`" + target + "` is in the database's own folder `" + folder + "`.",
            "Name a place outside of it: Castra replaces and removes files there.");
      }
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.CANNOT_CREATE,
          "`" + target + "` cannot be reached: " + e.getMessage() + ".",
          "Name a place in a folder that exists.",
          e);
    }
  }

  /** With the links of what exists of it followed. */
  private static Path real(Path path) throws IOException {
    Path parent = path.getParent();
    return parent == null || Files.exists(path)
        ? path.toRealPath()
        : real(parent).resolve(path.getFileName());
  }
}
