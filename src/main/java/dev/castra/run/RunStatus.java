package dev.castra.run;

import java.util.Locale;

/** Where a run stands; every status but {@code RUNNING} is final. */
public enum RunStatus {
  RUNNING,
  SUCCESS,
  /** The script itself said that nothing was to be done. */
  NOOP,
  FAILED,
  INTERRUPTED;

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static RunStatus of(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }

  /** True if the guest now holds the artifact. */
  public boolean holdsArtifact() {
    return this == SUCCESS || this == NOOP;
  }
}
