package dev.castra.vm;

import java.util.UUID;

/** Identity of one overlay: every newly created overlay gets a fresh one. */
public record DiskId(UUID value) {
  public static DiskId fresh() {
    return new DiskId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
