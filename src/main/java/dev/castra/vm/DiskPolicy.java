package dev.castra.vm;

import java.util.Locale;

/** Whether a VM keeps its overlay between two {@code castra up}. */
public enum DiskPolicy {
  PERSISTENT,
  EPHEMERAL;

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
