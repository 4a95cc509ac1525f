package dev.castra.process;

import dev.castra.error.CastraBug;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Names one process for good: a pid alone is recycled, so its start time and the host's boot go
 * with it.
 *
 * @param pid at least 2; 0, 1 and negative numbers would address other things than one process
 * @param startTicks kernel clock ticks from host boot to process start (field 22 of {@code
 *     /proc/PID/stat}, see proc(5)), so that a jump of the wall clock changes nothing; where there
 *     is no {@code /proc}, the start in milliseconds since the epoch
 * @param hostBootId {@code /proc/sys/kernel/random/boot_id}, or empty where there is none
 */
public record ProcessIdentity(long pid, long startTicks, String hostBootId) {
  private static final Path PROC = Path.of("/proc");

  public ProcessIdentity {
    if (pid < 2) {
      throw new IllegalArgumentException("Not a process of ours: pid " + pid);
    }
  }

  /** Identity of the running process {@code pid}, or empty if there is none (or only a zombie). */
  public static Optional<ProcessIdentity> of(long pid) {
    if (pid < 2) {
      return Optional.empty();
    }
    return startTicks(pid).map(ticks -> new ProcessIdentity(pid, ticks, hostBoot()));
  }

  public static ProcessIdentity ofSelf() {
    long pid = ProcessHandle.current().pid();
    return of(pid).orElseThrow(() -> new CastraBug("cannot identify the own process " + pid));
  }

  /** True if exactly this process still runs. */
  public boolean isAlive() {
    // Not equals(): a record's own is linked at run time, which short commands would wait for.
    Optional<ProcessIdentity> now = of(pid);
    return now.isPresent()
        && now.get().startTicks == startTicks
        && now.get().hostBootId.equals(hostBootId);
  }

  /** True if exactly this process still runs and {@code marker} is on its command line. */
  public boolean isAliveWith(String marker) {
    return isAlive() && commandLine(pid).contains(marker);
  }

  /** Arguments joined by spaces; empty if they cannot be read. */
  public static String commandLine(long pid) {
    if (Files.isDirectory(PROC.resolve("self"))) {
      try {
        byte[] raw = Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve("cmdline"));
        return new String(raw, StandardCharsets.UTF_8).replace('\0', ' ').strip();
      } catch (IOException gone) {
        return "";
      }
    }
    return ProcessHandle.of(pid).flatMap(handle -> handle.info().commandLine()).orElse("");
  }

  /** The identifier of the host's present boot; empty where the platform has none. */
  public static String hostBoot() {
    try {
      return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
    } catch (IOException notLinux) {
      return "";
    }
  }

  private static Optional<Long> startTicks(long pid) {
    if (!Files.isDirectory(PROC.resolve("self"))) {
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .flatMap(handle -> handle.info().startInstant())
          .map(start -> start.toEpochMilli());
    }
    try {
      String stat =
          Files.readString(
              PROC.resolve(Long.toString(pid)).resolve("stat"), StandardCharsets.ISO_8859_1);
      // The command name stands in parentheses and may itself hold spaces and parentheses.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      boolean zombie = fields[0].equals("Z") || fields[0].equals("X");
      return zombie && hasNoOtherThread(pid)
          ? Optional.empty()
          : Optional.of(Long.parseLong(fields[19]));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /** While other threads end after the main one, files are still open and locks still held. */
  private static boolean hasNoOtherThread(long pid) throws IOException {
    try (Stream<Path> threads = Files.list(PROC.resolve(Long.toString(pid)).resolve("task"))) {
      return threads.count() <= 1;
    }
  }
}
