package dev.castra.steplog;

import dev.castra.run.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The logs of one VM's runs, whoever wrote them. */
public final class RunLogs {
  private static final Pattern NAME =
      Pattern.compile("([1-9][0-9]{0,17})\\.(?:log|json)(?:\\.part)?");

  private RunLogs() {}

  /** The newest run that has a log in the folder, finished or not; empty if there is none. */
  public static Optional<RunId> newest(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> NAME.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .map(name -> Long.parseLong(name.group(1)))
          .max(Long::compare)
          .map(RunId::new);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    }
  }
}
