package dev.castra.image;

import dev.castra.vm.Sha256;
import java.util.Optional;

/** Content hashes already computed, so that an unchanged image is read only once. */
public interface ImageHashCache {
  /** The hash remembered for exactly this fingerprint. */
  Optional<Sha256> find(ImageFingerprint fingerprint);

  /** Replaces whatever was remembered for the fingerprint's path. */
  void remember(ImageFingerprint fingerprint, Sha256 hash);
}
