package dev.castra.project;

import dev.castra.error.CastraBug;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the {@code castra.toml} that a command is about. */
public final class ConfigLocator {
  public static final String FILE_NAME = "castra.toml";

  private static final String HINT =
      "Work in a folder with a `castra.toml` in it or above it, or name one with `--config FILE`.";

  private ConfigLocator() {}

  /**
   * The canonical path of the config file.
   *
   * @param explicit what {@code --config} names: a file, or a folder with a castra.toml; relative
   *     to the working folder
   * @param workingDirectory where the search starts if nothing is named; it goes on upwards
   * @throws CastraException CONFIG_NOT_FOUND if there is no such file; IO if its path cannot be
   *     resolved
   */
  public static Path locate(Optional<Path> explicit, Path workingDirectory) {
    Path start = workingDirectory.toAbsolutePath();
    return realPath(
        explicit.map(start::resolve).map(ConfigLocator::named).orElseGet(() -> search(start)));
  }

  private static Path named(Path path) {
    return Files.isDirectory(path) ? path.resolve(FILE_NAME) : path;
  }

  private static Path search(Path start) {
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      Path candidate = folder.resolve(FILE_NAME);
      // A broken link is found too: better to name it than to pick another project further up.
      if (Files.exists(candidate, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    throw notFound("No `castra.toml` in `" + start + "` or any folder above it.");
  }

  static Path realPath(Path file) {
    try {
      return file.toRealPath();
    } catch (NoSuchFileException e) {
      throw notFound("`" + file + "` does not exist.");
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.IO,
          "`" + file + "` cannot be resolved.",
          "Check the folders and links in its path.",
          e);
    }
  }

  private static CastraException notFound(String message) {
    return new CastraException(ErrorCode.CONFIG_NOT_FOUND, message, HINT);
  }

  static Path folderOf(Path file) {
    Path folder = file.getParent();
    if (folder == null) {
      throw new CastraBug("a file without a folder");
    }
    return folder;
  }
}
