package dev.castra.vm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How one VM is bootstrapped, all defaults applied.
 *
 * @param script file to run in the guest; absent if none is configured and no default one exists
 * @param payload folder sent along; absent if none is configured and no default one exists
 * @param handshakeTimeout how long the guest may take to answer, counted from its start
 * @param applyTimeout how long the script may run
 * @param remoteDir absolute folder in the guest that Castra owns
 * @param env variables for the script; values are secrets
 * @param verifyCommand shell command that must exit 0 after the script
 * @param verifyPath absolute path that must exist in the guest after the script
 */
public record BootstrapSpec(
    BootstrapMode mode,
    Optional<Path> script,
    Optional<Path> payload,
    Duration handshakeTimeout,
    Duration applyTimeout,
    String remoteDir,
    Map<String, String> env,
    Optional<String> verifyCommand,
    Optional<String> verifyPath) {
  public BootstrapSpec {
    env = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(env));
  }

  /** Never prints env values. */
  @Override
  public String toString() {
    return "BootstrapSpec[" + mode.id() + ", script=" + script + ", env=" + env.keySet() + "]";
  }
}
