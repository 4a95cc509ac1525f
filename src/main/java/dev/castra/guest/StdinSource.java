package dev.castra.guest;

import java.io.IOException;
import java.io.OutputStream;

/** Writes what a remote command reads; called once, on a thread of its own. */
@FunctionalInterface
public interface StdinSource {
  /** Need not close {@code guest}. An exception of its own fails the command. */
  void writeTo(OutputStream guest) throws IOException;
}
