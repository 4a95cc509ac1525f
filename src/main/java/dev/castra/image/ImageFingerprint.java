package dev.castra.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * What can be seen of an image file without reading it; a changed image shows another one.
 *
 * @param path absolute path without symbolic links
 * @param sizeBytes length of the file
 * @param mtimeNs last modification, nanoseconds since the epoch
 * @param inode device and inode number as text; empty where the platform has none
 */
public record ImageFingerprint(Path path, long sizeBytes, long mtimeNs, String inode) {
  /**
   * What {@code file} looks like now.
   *
   * @throws IOException if the file is not there or its attributes cannot be read
   */
  public static ImageFingerprint of(Path file) throws IOException {
    Path real = file.toRealPath();
    BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
    Object key = attributes.fileKey();
    return new ImageFingerprint(
        real,
        attributes.size(),
        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
        key == null ? "" : key.toString());
  }
}
