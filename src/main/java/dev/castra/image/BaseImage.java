package dev.castra.image;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A read-only disk image that was looked at and found usable.
 *
 * @param path absolute path without symbolic links
 * @param format {@code qcow2} or {@code raw}
 * @param fingerprint what the file looked like when it was inspected
 */
public record BaseImage(Path path, String format, ImageFingerprint fingerprint) {
  /**
   * Asks once more, without reading the content: time has passed since it was hashed.
   *
   * @throws CastraException with {@code BASE_IMAGE_INVALID} if the file is no longer what was
   *     inspected
   */
  public void requireUnchanged() {
    try {
      if (ImageFingerprint.of(path).equals(fingerprint)) {
        return;
      }
    } catch (IOException e) {
      throw changed(e);
    }
    throw changed(null);
  }

  private CastraException changed(@Nullable IOException gone) {
    return new CastraException(
        ErrorCode.BASE_IMAGE_INVALID,
        "Base image `" + path + "` changed after it was hashed.",
        "Wait until whatever writes it is done, then run `castra up` again.",
        gone);
  }
}
