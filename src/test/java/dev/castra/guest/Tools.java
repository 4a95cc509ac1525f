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
      Path found = Command.find(program, System.getenv("PATH")).orElseThrow();
      script(folder.resolve(program), "exec " + found + " \"$@\"");
    }
    return folder;
  }

  /** Every shell a guest may have; busybox's where it is installed. */
  static Stream<List<String>> shells() {
    Stream<List<String>> required = Stream.of(List.of("dash"), List.of("bash"));
    boolean busybox = Command.find("busybox", System.getenv("PATH")).isPresent();
    return busybox ? Stream.concat(required, Stream.of(List.of("busybox", "sh"))) : required;
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
