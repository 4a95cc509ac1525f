package dev.castra.operation;

import dev.castra.process.Ticker;
import java.time.Clock;
import java.util.Map;

/**
 * The machine Castra runs on, injected.
 *
 * @param environment variables of the process
 */
public record Host(Map<String, String> environment, Clock clock, Ticker ticker) {
  public static Host real() {
    return new Host(System.getenv(), Clock.systemUTC(), Ticker.system());
  }

  String searchPath() {
    return environment.getOrDefault("PATH", "/usr/bin:/bin");
  }
}
