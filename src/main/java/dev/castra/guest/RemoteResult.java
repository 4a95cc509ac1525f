package dev.castra.guest;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a remote command ended.
 *
 * @param exitStatus 0 to 255; empty if a signal ended it
 * @param signal name without {@code SIG}, such as {@code KILL}, if one ended it
 * @param stdout first 64 KiB as text; empty if a sink took it
 * @param stderr first 64 KiB as text; empty if a sink took it
 */
public record RemoteResult(
    OptionalInt exitStatus, Optional<String> signal, String stdout, String stderr) {
  public boolean succeeded() {
    return exitStatus.isPresent() && exitStatus.getAsInt() == 0;
  }

  /** Such as "exit status 3" or "signal KILL". */
  public String ending() {
    return exitStatus.isPresent()
        ? "exit status " + exitStatus.getAsInt()
        : "signal " + signal.orElse("unknown");
  }
}
