package dev.castra.guest;

import java.util.logging.Level;
import java.util.logging.Logger;

/** The SSH library warns about every lost connection; here those are results, not news. */
final class LibraryLog {
  /** Held strongly, or the logging system would forget its level. */
  private static final Logger ROOT = Logger.getLogger("org.apache.sshd");

  private LibraryLog() {}

  /** Silences it unless the system property {@code castra.debug} is true. Idempotent. */
  static void silence() {
    if (!Boolean.getBoolean("castra.debug")) {
      ROOT.setLevel(Level.OFF);
    }
  }
}
