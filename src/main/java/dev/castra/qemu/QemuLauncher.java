package dev.castra.qemu;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Deadline;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Starts QEMU so that it outlives Castra: with {@code -daemonize} it runs in a session of its own,
 * out of reach of the terminal's Ctrl-C, and the process started here ends once the guest runs or
 * cannot run.
 */
public final class QemuLauncher {
  private QemuLauncher() {}

  /**
   * Blocks until QEMU has detached itself or given up. Everything it needs in the boot folder is
   * created; the folder's files of an earlier attempt are replaced.
   *
   * @throws CastraException with {@code LAUNCH_FAILED} if the boot folder cannot be written or the
   *     program cannot be started
   * @throws InterruptedException if the thread is interrupted; a QEMU already started is stopped
   */
  public static LaunchResult launch(LaunchPlan plan, Deadline deadline)
      throws InterruptedException {
    List<String> command = QemuCommandLine.of(plan);
    try {
      prepare(plan, command);
      Process starter = start(plan, command);
      boolean ended = awaitEnd(starter, plan, deadline);
      if (!ended) {
        return new LaunchResult.Refused(
            "QEMU did not start within " + deadline.limit().toSeconds() + " s");
      }
      return starter.exitValue() == 0 ? running(plan) : failed(plan);
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.LAUNCH_FAILED,
          "VM `" + plan.vm() + "` cannot be started: " + e.getMessage() + ".",
          "Check the folder `" + plan.bootFolder().path() + "` and the disk it is on.",
          e);
    }
  }

  private static void prepare(LaunchPlan plan, List<String> command) throws IOException {
    BootFolder folder = plan.bootFolder();
    Files.createDirectories(folder.path());
    Files.deleteIfExists(folder.pidFile());
    Files.deleteIfExists(folder.qemuLog());
    Files.deleteIfExists(folder.qmpLink());
    Files.createSymbolicLink(folder.qmpLink(), plan.qmpSocket());
    String quoted = command.stream().map(QemuLauncher::quoted).collect(Collectors.joining(" "));
    Files.writeString(
        folder.commandFile(), "cd " + quoted(folder.path().toString()) + " && " + quoted + "\n");
  }

  private static String quoted(String argument) {
    return "'" + argument.replace("'", "'\\''") + "'";
  }

  private static Process start(LaunchPlan plan, List<String> command) throws IOException {
    File log = plan.bootFolder().qemuLog().toFile();
    return new ProcessBuilder(command)
        .directory(plan.bootFolder().path().toFile())
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  /** False if the deadline passed first; nothing is left running then. */
  private static boolean awaitEnd(Process starter, LaunchPlan plan, Deadline deadline)
      throws InterruptedException {
    boolean ended = false;
    try {
      ended = starter.waitFor(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS);
      return ended;
    } finally {
      if (!ended) {
        // The detached half exits by itself when it cannot report to the half that waits for it.
        starter.destroyForcibly();
        VmProcesses.find(plan.bootFolder(), plan.boot()).ifPresent(RunningVm::kill);
      }
    }
  }

  private static LaunchResult running(LaunchPlan plan) throws IOException {
    Optional<RunningVm> vm = VmProcesses.find(plan.bootFolder(), plan.boot());
    return vm.isPresent() ? new LaunchResult.Launched(vm.get()) : failed(plan);
  }

  private static LaunchResult failed(LaunchPlan plan) throws IOException {
    Files.deleteIfExists(plan.qmpSocket());
    return QemuLog.read(plan.bootFolder().qemuLog()).reason(plan.accelerator());
  }
}
