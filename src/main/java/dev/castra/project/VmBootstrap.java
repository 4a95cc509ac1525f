package dev.castra.project;

import java.nio.file.Path;
import java.util.Optional;

/** The {@code [vms.bootstrap]} table, paths as written. */
record VmBootstrap(
    BootstrapSettings settings,
    Optional<Path> script,
    Optional<Path> payload,
    Optional<String> verifyCommand,
    Optional<String> verifyPath) {

  static VmBootstrap read(TableReader table) {
    return new VmBootstrap(
        BootstrapSettings.read(table),
        table.path("script"),
        table.path("payload"),
        table.text("verify_command"),
        table.matching(
            "verify_path",
            path -> path.startsWith("/"),
            "it must be an absolute path of the guest"));
  }
}
