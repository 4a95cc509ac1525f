package dev.castra.guest;

import dev.castra.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** Search paths of guests that lack something. */
final class Tools {
  private Tools() {}

  /** A folder with these programs of this machine and no other. */
  static Path only(Path folder, String... programs) throws IOException {
    Files.createDirectories(folder);
    for (String program : programs) {
      script(folder.resolve(program), "exec " + find(program) + " \"$@\"");
    }
    return folder;
  }

  /** A program of this machine; a test that needs one that is missing fails, never vanishes. */
  static Path find(String program) {
    return Command.find(program, System.getenv("PATH"))
        .orElseThrow(
            () -> new AssertionError("`" + program + "` is missing; tools/test installs it."));
  }

  /** Every shell a guest may have. */
  static Stream<List<String>> shells() {
    return Stream.of(List.of("dash"), List.of("bash"), List.of("busybox", "sh"));
  }

  /** A folder in which each of these programs is busybox's. */
  static Path ofBusybox(Path folder, String... programs) throws IOException {
    Files.createDirectories(folder);
    Path busybox = find("busybox");
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
