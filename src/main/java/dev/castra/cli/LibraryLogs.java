package dev.castra.cli;

import java.util.logging.Level;
import java.util.logging.Logger;

/** What libraries log is for those who look for a defect. */
final class LibraryLogs {
  /** Held strongly, or the logging system would forget its level. */
  private static final Logger ROOT = Logger.getLogger("");

  private LibraryLogs() {}

  static void quiet(boolean debug) {
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
    if (debug) {
      System.setProperty("castra.debug", "true");
    } else {
      ROOT.setLevel(Level.OFF);
    }
  }
}
