package dev.castra.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What a writer leaves on a file; its content is not looked at. */
record FileTraces(long sizeBytes, long modifiedNs, String inode) {
  /** Empty if there is no such file. */
  static Optional<FileTraces> of(Path path) {
    try {
      BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
      return Optional.of(
          new FileTraces(
              file.size(),
              file.lastModifiedTime().to(TimeUnit.NANOSECONDS),
              String.valueOf(file.fileKey())));
    } catch (IOException notThere) {
      return Optional.empty();
    }
  }
}
