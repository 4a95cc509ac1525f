package dev.castra.operation;

import dev.castra.process.ProcessIdentity;
import dev.castra.vm.BootId;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real process with a boot's marker on its command line, as QEMU has it; waits for nothing. */
final class MarkedProcess implements AutoCloseable {
  final BootId boot = BootId.fresh();
  final ProcessIdentity identity;
  private final Process process;

  MarkedProcess() throws IOException {
    process = new ProcessBuilder("sh", "-c", "read line", "-uuid", boot.toString()).start();
    identity = ProcessIdentity.of(process.pid()).orElseThrow();
  }

  /** One that lived and is gone. */
  static Optional<ProcessIdentity> dead() throws IOException, InterruptedException {
    try (MarkedProcess process = new MarkedProcess()) {
      return Optional.of(process.identity);
    }
  }

  /** Returns once the process is gone. */
  void end() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("The process survives SIGKILL.");
    }
  }

  @Override
  public void close() throws InterruptedException {
    end();
  }
}
