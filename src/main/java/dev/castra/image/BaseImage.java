package dev.castra.image;

import java.nio.file.Path;

/**
 * A read-only disk image that was looked at and found usable.
 *
 * @param path absolute path without symbolic links
 * @param format {@code qcow2} or {@code raw}
 * @param fingerprint what the file looked like when it was inspected
 */
public record BaseImage(Path path, String format, ImageFingerprint fingerprint) {}
