package dev.castra.operation;

import dev.castra.image.BaseImage;
import dev.castra.image.ImageFingerprint;
import dev.castra.image.ImageHashCache;
import dev.castra.vm.Sha256;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Base images as the forecasts of one moment see them: each is looked at and read once, however
 * many VMs are made from it. Whoever only looks writes nothing. For one thread.
 */
final class ImageLooks {
  /** By what castra.toml calls them; empty if there is no usable image of that name. */
  private final Map<String, Optional<BaseImage>> found = new HashMap<>();

  private final Map<ImageFingerprint, Sha256> hashes = new HashMap<>();

  /**
   * What was found so far; those that were not are looked for again, for every VM has its error.
   */
  Map<String, Optional<BaseImage>> found() {
    found.values().removeIf(Optional::isEmpty);
    return found;
  }

  /**
   * @param recorded what the database remembers of the image that is asked for
   */
  ImageHashCache hashes(Optional<Sha256> recorded) {
    return new ImageHashCache() {
      @Override
      public Optional<Sha256> find(ImageFingerprint fingerprint) {
        return recorded.or(() -> Optional.ofNullable(hashes.get(fingerprint)));
      }

      @Override
      public void remember(ImageFingerprint fingerprint, Sha256 hash) {
        hashes.put(fingerprint, hash);
      }
    };
  }
}
