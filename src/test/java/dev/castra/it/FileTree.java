package dev.castra.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Size, time of change, mode and inode of every file below a folder. */
final class FileTree {
  private FileTree() {}

  /** Leaves out {@code except} and everything in it. */
  static Map<Path, String> of(Path folder, Path except) throws IOException {
    Map<Path, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(path -> !path.startsWith(except)).toList()) {
        PosixFileAttributes facts =
            Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        files.put(
            file,
            facts.size()
                + " bytes, "
                + facts.lastModifiedTime()
                + ", "
                + facts.permissions()
                + ", "
                + facts.fileKey());
      }
    }
    return files;
  }
}
