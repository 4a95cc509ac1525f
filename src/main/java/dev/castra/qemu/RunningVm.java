package dev.castra.qemu;

import dev.castra.process.ProcessIdentity;
import dev.castra.vm.BootId;
import java.nio.file.Path;

/**
 * A QEMU process of ours, found running.
 *
 * @param qmpSocket where it listens for QMP
 */
public record RunningVm(ProcessIdentity process, BootId boot, Path qmpSocket) {
  /** True if the process runs and is the one that was started for this boot. */
  public boolean isAlive() {
    return process.isAliveWith(QemuCommandLine.marker(boot));
  }

  /**
   * True once nothing of the process is left. Not the opposite of {@link #isAlive()}: a process on
   * its way out has lost its command line already but still holds its files.
   */
  public boolean hasExited() {
    if (!process.isAlive()) {
      return true;
    }
    String commandLine = ProcessIdentity.commandLine(process.pid());
    return !commandLine.isEmpty() && !commandLine.contains(QemuCommandLine.marker(boot));
  }

  /** SIGTERM, on which QEMU writes back its caches and exits; nothing if it is not ours. */
  void terminate() {
    // The handle remembers the start time and signals nobody else, even if the pid is recycled
    // between the check and the signal.
    ProcessHandle.of(process.pid()).filter(handle -> isAlive()).ifPresent(ProcessHandle::destroy);
  }

  /** SIGKILL; nothing if it is not ours. */
  void kill() {
    ProcessHandle.of(process.pid())
        .filter(handle -> isAlive())
        .ifPresent(ProcessHandle::destroyForcibly);
  }
}
