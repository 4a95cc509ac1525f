package dev.castra.render;

import dev.castra.vm.VmName;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where logs are printed: unchanged to a pipe or a file, harmless to a terminal, and where there
 * are several with the VM's name before each line.
 */
public final class LogOutput {
  private final PrintStream out;
  private final boolean terminal;
  private final int nameWidth;

  /**
   * @param nameWidth columns for the VM names
   */
  public LogOutput(PrintStream out, boolean terminal, int nameWidth) {
    this.out = out;
    this.terminal = terminal;
    this.nameWidth = nameWidth;
  }

  /** A stream that fails once nobody reads; closing it leaves the one below open. */
  public OutputStream of(Optional<VmName> vm) {
    OutputStream plain = new Watched(out);
    OutputStream safe = terminal ? new VisibleOutput(plain) : plain;
    return vm.<OutputStream>map(name -> new PrefixedLines(prefix(name), safe)).orElse(safe);
  }

  private byte[] prefix(VmName vm) {
    return (PlainLines.padded(vm.value(), nameWidth) + "  | ").getBytes(StandardCharsets.UTF_8);
  }

  /** A print stream hides that nobody reads it any more. */
  private static final class Watched extends OutputStream {
    private final PrintStream out;

    Watched(PrintStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) {
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      if (length > 1_000) {
        flush();
      }
    }

    @Override
    public void flush() throws IOException {
      if (out.checkError()) {
        throw new IOException("Nobody reads any more.");
      }
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
