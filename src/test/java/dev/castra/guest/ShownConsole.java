package dev.castra.guest;

import java.util.List;
import java.util.Optional;

/**
 * A console that shows one thing all the time, whether a server has spoken or not; for tests of
 * those who look at it.
 */
public record ShownConsole(String sentence, boolean hopeless, List<String> tail)
    implements Console {
  @Override
  public Optional<Finding> finding(boolean serverSpoke) {
    return Optional.of(new Finding("shown", sentence, "Mend what it shows.", hopeless));
  }
}
