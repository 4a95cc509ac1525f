package dev.castra.guest;

import dev.castra.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Search paths of guests that lack something. */
final class Tools {
  private Tools() {}

  /** A folder with these programs of this machine and no other. */
  static Path only(Path folder, String... programs) throws IOException {
    Files.createDirectories(folder);
    for (String program : programs) {
      Path found = Command.find(program, System.getenv("PATH")).orElseThrow();
      script(folder.resolve(program), "exec " + found + " \"$@\"");
    }
    return folder;
  }

  /** A folder in which each of these programs is busybox's. */
  static Path ofBusybox(Path folder, String... programs) throws IOException {
    Files.createDirectories(folder);
    Path busybox = Command.find("busybox", System.getenv("PATH")).orElseThrow();
    for (String program : programs) {
      script(folder.resolve(program), "exec " + busybox + " " + program + " \"$@\"");
    }
    return folder;
  }

  static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
