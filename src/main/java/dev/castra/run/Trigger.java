package dev.castra.run;

import java.util.Locale;

/** Why a run was started. */
public enum Trigger {
  AUTO,
  ALWAYS;

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Trigger of(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }
}
