package dev.castra.project;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the script and the payload of a VM. Configured ones are taken as they are: preflight, not
 * the configuration, reports one that does not exist.
 *
 * @param directory the project folder
 */
record BootstrapFiles(Path directory) {

  Optional<Path> script(VmBootstrap written, String vm, String role) {
    return written
        .script()
        .map(directory::resolve)
        .or(
            () ->
                Stream.of(vm, role)
                    .map(this::defaultScript)
                    .filter(BootstrapFiles::exists)
                    .findFirst());
  }

  Optional<Path> payload(VmBootstrap written, Optional<Path> script) {
    return written
        .payload()
        .map(directory::resolve)
        .or(
            () ->
                script.map(used -> used.resolveSibling("payload")).filter(BootstrapFiles::exists));
  }

  private Path defaultScript(String name) {
    return directory.resolve("bootstrap").resolve(name).resolve("run.sh");
  }

  /** Links count even if broken, so that they are reported instead of silently skipped. */
  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }
}
