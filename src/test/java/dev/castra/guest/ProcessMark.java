package dev.castra.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Marks processes through their environment, so that even detached ones are found again. */
public record ProcessMark(String variable, String value) {
  void put(ProcessBuilder builder) {
    builder.environment().put(variable, value);
  }

  void killAll() {
    alive().forEach(ProcessHandle::destroyForcibly);
  }

  public List<ProcessHandle> alive() {
    return ProcessHandle.allProcesses().filter(this::carries).toList();
  }

  private boolean carries(ProcessHandle process) {
    try {
      byte[] environment = Files.readAllBytes(Path.of("/proc/" + process.pid() + "/environ"));
      return new String(environment, StandardCharsets.ISO_8859_1)
          .contains(variable + "=" + value + "\0");
    } catch (IOException gone) {
      return false;
    }
  }
}
