package dev.castra.run;

import java.util.Locale;

/** How a step ended. */
public enum StepStatus {
  SUCCESS,
  SKIPPED,
  FAILED;

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static StepStatus of(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }
}
