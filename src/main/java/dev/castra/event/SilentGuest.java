package dev.castra.event;

import java.util.List;
import java.util.Optional;

/**
 * What was seen of a guest that did not answer.
 *
 * @param failureClass how far the last try came
 * @param serialFinding what its serial console shows that may explain it
 * @param serialTail the console's newest lines
 */
public record SilentGuest(
    String failureClass, Optional<String> serialFinding, List<String> serialTail) {
  public SilentGuest {
    serialTail = List.copyOf(serialTail);
  }
}
