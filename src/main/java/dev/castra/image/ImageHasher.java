package dev.castra.image;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.vm.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;

/** Computes the content hash of base images; thread-safe if its cache is. */
public final class ImageHasher {
  private static final int CHUNK_BYTES = 1 << 20;

  private final ImageHashCache cache;

  public ImageHasher(ImageHashCache cache) {
    this.cache = cache;
  }

  /**
   * SHA-256 of the image's bytes, from the cache if the fingerprint is known there. Reads the whole
   * file otherwise.
   *
   * @param checkpoint called before each chunk is read; what it throws ends the reading
   * @throws CastraException with {@code BASE_IMAGE_INVALID} if the file cannot be read or is no
   *     longer what {@code image} says
   * @throws InterruptedException if the thread is interrupted while reading
   */
  public Sha256 hash(BaseImage image, Runnable checkpoint) throws InterruptedException {
    Optional<Sha256> known = cache.find(image.fingerprint());
    if (known.isPresent()) {
      return known.get();
    }
    try {
      Sha256 hash = digest(image.path(), checkpoint);
      if (!ImageFingerprint.of(image.path()).equals(image.fingerprint())) {
        throw new CastraException(
            ErrorCode.BASE_IMAGE_INVALID,
            "Base image `" + image.path() + "` changed while it was read.",
            "Wait until whatever writes it is done, then try again.");
      }
      cache.remember(image.fingerprint(), hash);
      return hash;
    } catch (ClosedByInterruptException e) {
      Thread.interrupted();
      throw new InterruptedException();
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.BASE_IMAGE_INVALID,
          "Base image `" + image.path() + "` cannot be read: " + e.getMessage() + ".",
          "Check the file and the disk it is on.",
          e);
    }
  }

  private static Sha256 digest(Path file, Runnable checkpoint) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      checkpoint.run();
      while (channel.read(chunk) >= 0) {
        digest.update(chunk.flip());
        chunk.clear();
        checkpoint.run();
      }
    }
    return Sha256.finish(digest);
  }
}
