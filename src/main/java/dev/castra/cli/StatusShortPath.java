package dev.castra.cli;

import dev.castra.event.Json;
import dev.castra.operation.Status;
import dev.castra.operation.StatusReport;
import dev.castra.process.Ticker;
import dev.castra.project.ConfigLocator;
import dev.castra.project.Project;
import dev.castra.project.ProjectLoader;
import dev.castra.project.StateRoot;
import dev.castra.render.StatusTable;
import dev.castra.store.StatusReader;
import dev.castra.vm.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * {@code castra status} without what makes a JVM start slowly: the plain spellings do not load
 * picocli, and a castra.toml that the database already knows is not parsed.
 */
final class StatusShortPath {
  private static final byte[] STATE_DIR = "state_dir".getBytes(StandardCharsets.US_ASCII);

  private StatusShortPath() {}

  /** True for {@code status} with nothing but {@code --json} and {@code --config FILE}. */
  static boolean applies(String[] arguments) {
    if (arguments.length == 0 || !arguments[0].equals("status")) {
      return false;
    }
    for (int i = 1; i < arguments.length; i++) {
      boolean config = arguments[i].equals("--config") && i + 1 < arguments.length;
      if (config) {
        i++;
      } else if (!arguments[i].equals("--json")) {
        return false;
      }
    }
    return true;
  }

  static int run(String[] arguments, Console console) {
    Optional<Path> config = Optional.empty();
    boolean json = false;
    for (int i = 1; i < arguments.length; i++) {
      if (arguments[i].equals("--json")) {
        json = true;
      } else {
        config = Optional.of(Path.of(arguments[++i]));
      }
    }
    return run(config, json, console);
  }

  /** Also what the picocli command calls. */
  static int run(Optional<Path> config, boolean json, Console console) {
    StatusReport report = report(ConfigLocator.locate(config, Path.of("").toAbsolutePath()));
    if (json) {
      console.out().println(Json.compact(report.fields()));
    } else {
      console.out().print(StatusTable.render(report));
    }
    return 0;
  }

  private static StatusReport report(Path configFile) {
    byte[] text = read(configFile);
    if (text.length > 0 && indexOf(text, STATE_DIR) < 0) {
      StateRoot root = StateRoot.besides(configFile);
      Optional<StatusReader.Snapshot> snapshot = new StatusReader(root, Ticker.system()).read();
      if (snapshot
          .filter(known -> known.configHash().hex().equals(Sha256.of(text).hex()))
          .isPresent()) {
        return new Status(root, Clock.systemUTC()).of(snapshot.get());
      }
    }
    return parsed(configFile);
  }

  private static StatusReport parsed(Path configFile) {
    Project project = ProjectLoader.load(configFile);
    StateRoot root = project.stateRoot();
    return new Status(root, Clock.systemUTC())
        .of(project.name(), project.vms(), new StatusReader(root, Ticker.system()).read());
  }

  /** Empty if it cannot be read; the loader then says why. */
  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  private static int indexOf(byte[] text, byte[] word) {
    for (int i = 0; i + word.length <= text.length; i++) {
      int matched = 0;
      while (matched < word.length && text[i + matched] == word[matched]) {
        matched++;
      }
      if (matched == word.length) {
        return i;
      }
    }
    return -1;
  }
}
