package dev.castra.vm;

import java.util.Locale;

/** What the configuration asks for; {@code AUTO} takes KVM only where it is usable. */
public enum Accelerator {
  AUTO,
  KVM,
  TCG;

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
