package dev.castra.bootstrap;

import dev.castra.guest.Liveness;
import java.util.Optional;

/** What can end a run from outside. Every answer is a phrase for people; for any thread. */
public interface Surroundings extends Liveness {
  /** Why the user wants to stop, such as "interrupted by SIGINT". Quick. */
  Optional<String> cancelled();

  /** Who asked for the machine's stop; a look into the database. */
  Optional<String> stopRequest();
}
