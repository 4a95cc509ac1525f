package dev.castra.error;

import org.jspecify.annotations.Nullable;

/** A defect of Castra itself; the message says so and asks for a report. */
public final class CastraBug extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CastraBug(String message) {
    this(message, null);
  }

  public CastraBug(String message, @Nullable Throwable cause) {
    super("This is a defect in Castra: " + message, cause);
  }
}
