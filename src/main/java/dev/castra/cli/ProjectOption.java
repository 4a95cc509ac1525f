package dev.castra.cli;

import dev.castra.project.ConfigLocator;
import dev.castra.project.Project;
import dev.castra.project.ProjectLoader;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Which project a command works on. */
final class ProjectOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "castra.toml, or its folder; default: search from here upwards.")
  private @Nullable Path config;

  Optional<Path> path() {
    return Optional.ofNullable(config);
  }

  Project load() {
    return ProjectLoader.load(ConfigLocator.locate(path(), Path.of("").toAbsolutePath()));
  }
}
