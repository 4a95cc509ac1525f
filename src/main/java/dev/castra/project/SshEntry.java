package dev.castra.project;

import dev.castra.vm.SshTarget;
import java.nio.file.Path;
import java.util.Optional;

/** The {@code [vms.ssh]} table, the path as written. */
record SshEntry(
    Optional<String> host,
    Optional<Integer> port,
    Optional<String> user,
    Optional<Path> identityFile,
    Optional<String> hostKey) {
  private static final int DEFAULT_PORT = 22;
  private static final String DEFAULT_USER = "root";
  private static final String WORD = "it must be one word";

  static SshEntry read(TableReader table) {
    return new SshEntry(
        table.matching("host", SshEntry::isWord, WORD),
        table.integer("port", 1, PortEntry.MAX_PORT),
        table.matching("user", SshEntry::isWord, WORD),
        table.path("identity_file"),
        table.matching(
            "host_key", SshEntry::isKeyLine, "it must be a line like `ssh-ed25519 AAAA…`"));
  }

  private static boolean isWord(String text) {
    return text.matches("[^\\s@/\\p{Cntrl}]+") && !text.startsWith("-");
  }

  private static boolean isKeyLine(String text) {
    return text.matches("[a-z0-9@.-]+ [A-Za-z0-9+/=]+( \\P{Cntrl}*)?");
  }

  /** Call only if host and identity file are there. */
  SshTarget target(Path directory) {
    return new SshTarget(
        host.orElseThrow(),
        port.orElse(DEFAULT_PORT),
        user.orElse(DEFAULT_USER),
        directory.resolve(identityFile.orElseThrow()),
        hostKey);
  }
}
