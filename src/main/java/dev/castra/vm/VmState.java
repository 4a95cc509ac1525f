package dev.castra.vm;

import java.util.Locale;

/** What a VM is doing, derived from live facts, never stored. */
public enum VmState {
  STOPPED,
  STARTING,
  RUNNING,
  BOOTSTRAPPING,
  FAILED;

  /** Lower-case name as used in JSON and text. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
