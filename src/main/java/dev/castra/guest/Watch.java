package dev.castra.guest;

import java.time.Duration;

/** Looked at again and again while something is waited for; throws to give up the wait. */
@FunctionalInterface
interface Watch<X extends Exception> {
  Duration AT_LEAST_EVERY = Duration.ofMillis(250);

  void check() throws X;
}
