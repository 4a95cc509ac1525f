package dev.castra.project;

import static dev.castra.project.Backticks.quote;

import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;

/** The {@code [project]} table. */
record ProjectSettings(String name, StateRoot stateRoot) {
  private static final int LONGEST_NAME = 63;

  static ProjectSettings read(TableReader table, Path directory) {
    String name =
        table
            .matching("name", VmName::isValid, "it must match `[a-z0-9][a-z0-9-]{0,62}`")
            .orElseGet(() -> nameFrom(directory));
    return new ProjectSettings(name, new StateRoot(stateRoot(table, directory)));
  }

  /** The folder's name, every run of other characters turned into a hyphen. */
  static String nameFrom(Path directory) {
    Path folder = directory.getFileName();
    String text = folder == null ? "" : folder.toString().toLowerCase(Locale.ROOT);
    String name = text.replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    if (name.isEmpty()) {
      return "project";
    }
    return name.substring(0, Math.min(name.length(), LONGEST_NAME));
  }

  private static Path stateRoot(TableReader table, Path directory) {
    Path written = table.path("state_dir").orElse(Path.of(".castra"));
    try {
      Path root = CanonicalPath.of(directory.resolve(written));
      if (directory.startsWith(root)) {
        table.problem(
            "state_dir",
            "`state_dir` is "
                + quote(written.toString())
                + ", which holds the project itself; it must be a folder of its own.");
      }
      return root;
    } catch (IOException e) {
      table.problem(
          "state_dir",
          "The state root " + quote(written.toString()) + " cannot be used: " + reason(e) + ".");
      return directory;
    }
  }

  private static String reason(IOException e) {
    if (e instanceof FileSystemException failure && failure.getReason() != null) {
      return failure.getReason();
    }
    return e.getClass().getSimpleName();
  }
}
