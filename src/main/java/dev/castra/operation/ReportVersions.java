package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.event.CastraEvent;
import dev.castra.event.Fields;
import dev.castra.process.Command;
import dev.castra.store.RunHistory;
import dev.castra.store.Versions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What everything was made with. */
final class ReportVersions {
  private static final String QEMU = "qemu-system-x86_64";
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private ReportVersions() {}

  /** Blocks for 2 s at most. */
  static Map<String, @Nullable Object> of(RunHistory history, String castraVersion, Host host) {
    return Fields.of(
        "schema_version",
        CastraEvent.SCHEMA_VERSION,
        "castra",
        castraVersion,
        "castra_of_run",
        history.castraVersion(),
        "java",
        System.getProperty("java.version"),
        "java_vendor",
        System.getProperty("java.vendor"),
        "h2",
        Versions.engine(),
        "database_schema",
        Versions.schema(),
        "os",
        System.getProperty("os.name"),
        "os_version",
        System.getProperty("os.version"),
        "os_arch",
        System.getProperty("os.arch"),
        "processors",
        Runtime.getRuntime().availableProcessors(),
        "qemu",
        history.foreign() ? null : qemu(host).orElse(null));
  }

  private static Optional<String> qemu(Host host) {
    Optional<Path> program = Command.find(QEMU, host.searchPath());
    if (program.isEmpty()) {
      return Optional.empty();
    }
    try {
      Command.Result told = Command.run(List.of(program.get().toString(), "--version"), PATIENCE);
      return told.stdout().lines().findFirst();
    } catch (CastraException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
