package dev.castra.vm;

import java.util.UUID;

/** Identity of one start of a VM; it is also the marker on the QEMU command line. */
public record BootId(UUID value) {
  public static BootId fresh() {
    return new BootId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
