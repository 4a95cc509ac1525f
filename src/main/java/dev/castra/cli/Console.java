package dev.castra.cli;

import dev.castra.error.CastraBug;
import dev.castra.error.CastraException;
import dev.castra.render.Visible;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

/**
 * Where commands write. Results go to {@code out}; everything else goes to {@code err}, so that
 * {@code --json} output stays clean.
 *
 * @param terminal whether {@code out} is a terminal
 * @param colour whether colour is welcome (see no-color.org)
 */
record Console(PrintStream out, PrintStream err, boolean terminal, boolean colour) {
  private static final int DEFECT = 70;

  /** The process's own streams, UTF-8 whatever the locale. */
  static Console ofProcess() {
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    // The launcher knows; Java 22 and newer have a console even where there is no terminal.
    boolean terminal = Boolean.getBoolean("castra.terminal");
    String noColour = System.getenv("NO_COLOR");
    boolean colour = terminal && (noColour == null || noColour.isEmpty());
    return new Console(out, err, terminal, colour);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(
        new java.io.BufferedOutputStream(new FileOutputStream(descriptor), 1 << 13),
        false,
        StandardCharsets.UTF_8);
  }

  void flush() {
    out.flush();
    err.flush();
  }

  /** Runs a command and turns what it throws into a message and an exit code. */
  int guarded(boolean debug, Callable<Integer> command) {
    try {
      return command.call();
    } catch (CastraException e) {
      report(e, debug);
      return e.code().exitCode();
    } catch (Exception e) {
      boolean known = e instanceof CastraBug;
      err.println("castra: " + (known ? e.getMessage() : "this is a defect in Castra: " + e));
      err.println("  Please report it with the output of the same command with `--debug`.");
      if (debug) {
        e.printStackTrace(err);
      }
      return DEFECT;
    } finally {
      flush();
    }
  }

  void report(CastraException e, boolean debug) {
    err.println("castra: " + Visible.text(e.getMessage()));
    err.println("  " + e.hint());
    if (debug) {
      e.printStackTrace(err);
    }
  }
}
