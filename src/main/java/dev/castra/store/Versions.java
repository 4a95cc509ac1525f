package dev.castra.store;

import org.h2.engine.Constants;

/** What records are written with. */
public final class Versions {
  private Versions() {}

  /** The H2 that Castra is made with, such as {@code 2.4.240}. */
  public static String engine() {
    return Constants.FULL_VERSION.split(" ", 2)[0];
  }

  /** The schema that this Castra writes and reads; an older record was upgraded to it. */
  public static int schema() {
    return SchemaVersion.CURRENT;
  }
}
