package dev.castra.qemu;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.ProcessIdentity;
import dev.castra.vm.BootId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Finds QEMU processes again that this or an earlier Castra started. */
public final class VmProcesses {
  private static final Pattern PID = Pattern.compile("[1-9][0-9]{0,17}");
  private static final int MOST_PID_BYTES = 32;

  private VmProcesses() {}

  /**
   * The running QEMU of this boot. The pid file only says where to look: a process counts if the
   * boot's marker is on its command line. Reads a few small files; sends no signal.
   */
  public static Optional<RunningVm> find(BootFolder folder, BootId boot) {
    return pidIn(folder.pidFile())
        .flatMap(ProcessIdentity::of)
        .map(process -> new RunningVm(process, boot, qmpSocket(folder)))
        .filter(RunningVm::isAlive);
  }

  /**
   * As {@link #find}, for a boot whose starter may have died: as long as a QEMU of this boot is on
   * its way, blocks until its pid file is there. Looks through the host's process table.
   *
   * @throws CastraException with {@code LAUNCH_FAILED} if the deadline passes first
   */
  public static Optional<RunningVm> findUnwatched(BootFolder folder, BootId boot, Deadline deadline)
      throws InterruptedException {
    Backoff backoff = Backoff.standard();
    while (true) {
      // Looked for first: the half of a starting QEMU that waits for the other one outlives the
      // moment in which the pid file appears.
      OptionalLong starting = anyOf(boot);
      Optional<RunningVm> running = find(folder, boot);
      if (running.isPresent() || starting.isEmpty()) {
        return running;
      }
      if (deadline.passed()) {
        throw new CastraException(
            ErrorCode.LAUNCH_FAILED,
            "The QEMU process %d that an earlier castra started is not ready after %d s."
                .formatted(starting.getAsLong(), deadline.limit().toSeconds()),
            "End it by hand, then run the command again.");
      }
      backoff.pause(deadline);
    }
  }

  private static OptionalLong anyOf(BootId boot) {
    String marker = QemuCommandLine.marker(boot);
    return ProcessHandle.allProcesses()
        .mapToLong(ProcessHandle::pid)
        .filter(pid -> ProcessIdentity.commandLine(pid).contains(marker))
        .findAny();
  }

  private static Optional<Long> pidIn(Path pidFile) {
    try (InputStream content = Files.newInputStream(pidFile)) {
      byte[] start = content.readNBytes(MOST_PID_BYTES);
      String text = new String(start, StandardCharsets.UTF_8).strip();
      return PID.matcher(text).matches() ? Optional.of(Long.valueOf(text)) : Optional.empty();
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  private static Path qmpSocket(BootFolder folder) {
    try {
      return Files.readSymbolicLink(folder.qmpLink());
    } catch (IOException absent) {
      return folder.qmpLink();
    }
  }
}
