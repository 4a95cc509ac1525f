package dev.castra.vm;

import java.util.Locale;

/** Who owns a VM's machine. */
public enum Driver {
  /** Castra boots and stops it. */
  QEMU,
  /** It exists already; Castra only bootstraps it. */
  SSH;

  /** Name in castra.toml, SQL and JSON. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
