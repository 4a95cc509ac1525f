package dev.castra.guest;

import java.util.Optional;

/** Tells whether waiting for a guest still makes sense. */
@FunctionalInterface
public interface Liveness {
  /** Why the guest will never answer, as one sentence; empty while it may. Quick, any thread. */
  Optional<String> deathNotice();

  /** What the guest shows while it is waited for. */
  default Console console() {
    return Console.none();
  }
}
