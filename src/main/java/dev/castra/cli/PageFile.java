package dev.castra.cli;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.PrivateFiles;
import dev.castra.render.TimelinePage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Where a page goes: a name that is free, or that of an earlier page. */
record PageFile(Path path) {
  /** The mark is in the second line. */
  private static final int BEGINNING = 200;

  /**
   * @param replace whether any file of that name may be replaced
   * @throws CastraException with {@code CANNOT_CREATE} if the name cannot be used
   */
  void requireUsable(boolean replace) {
    Path folder = path.resolveSibling("");
    if (!Files.isDirectory(folder)) {
      throw refused(
          "`" + folder + "` is no folder.", "Make it, or name a file in a folder that exists.");
    }
    if (Files.isDirectory(path)) {
      throw refused("`" + path + "` is a folder.", "Name a file in it.");
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw refused("`" + path + "` is no ordinary file.", "Name another one.");
    }
    if (!replace && !isPage()) {
      throw refused(
          "`" + path + "` exists and is no timeline of Castra's.",
          "Name another file, or replace it with `--force`.");
    }
  }

  private boolean isPage() {
    try (InputStream in = Files.newInputStream(path)) {
      return new String(in.readNBytes(BEGINNING), StandardCharsets.UTF_8)
          .contains(TimelinePage.MARK);
    } catch (IOException unreadable) {
      return false;
    }
  }

  /**
   * Writes the page, mode 0600; it appears under its name complete or not at all.
   *
   * @throws CastraException with {@code IO} if it cannot be written
   */
  void write(String page) {
    try {
      PrivateFiles.writeAtomically(path, page);
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.IO,
          "The page `" + path + "` could not be written: " + reason(e) + ".",
          "Check that its folder is writable and its disk is not full.",
          e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof AccessDeniedException
        ? "permission denied"
        : String.valueOf(e.getMessage());
  }

  private static CastraException refused(String message, String hint) {
    return new CastraException(ErrorCode.CANNOT_CREATE, message, hint);
  }
}
