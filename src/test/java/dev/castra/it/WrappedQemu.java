package dev.castra.it;

import dev.castra.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A QEMU program of the test's own, which starts the real one when it likes. */
final class WrappedQemu {
  private static final String NAME = "qemu-system-x86_64";
  private static final String PATH = System.getenv("PATH");

  private WrappedQemu() {}

  /**
   * Every castra finds this one from now on.
   *
   * @param script for {@code sh}; {@code $qemu} is the real one, {@code $@} what castra tells it,
   *     and the working directory is the boot's folder
   */
  static void use(CastraProject project, String script) throws IOException {
    use(project, NAME, script);
  }

  /** As {@link #use(CastraProject, String)}, for another program of QEMU's. */
  static void use(CastraProject project, String program, String script) throws IOException {
    Path real = Command.find(program, PATH).orElseThrow();
    Path wrapper = Files.createDirectories(project.directory().resolve("bin")).resolve(program);
    Files.writeString(wrapper, "#!/bin/sh\nqemu=" + real + "\n" + script + "\n");
    Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwx------"));
    project.variable("PATH", wrapper.getParent() + ":" + PATH);
  }

  static void useNone(CastraProject project) {
    project.variable("PATH", PATH);
  }
}
