package dev.castra.guest;

import java.util.Optional;

/** Tells whether waiting for a guest still makes sense. */
@FunctionalInterface
public interface Liveness {
  /** Why the guest will never answer, as one sentence; empty while it may. Quick, any thread. */
  Optional<String> deathNotice();

  /** For machines whose process is not ours to watch. */
  static Liveness unknown() {
    return Optional::empty;
  }
}
