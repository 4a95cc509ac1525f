package dev.castra.steplog;

import dev.castra.run.RunId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes the logs of runs together with the rows that know them, although a process can die
 * between the two: logs are first set aside, then the rows go, then the logs. What a dead process
 * left aside is put back if its row is still there, and deleted otherwise.
 */
public final class LogRemoval {
  private static final String ASIDE = ".pruned";
  private static final Pattern NAME = Pattern.compile("(\\d{1,18})\\.(?:json|log)\\.pruned");

  private final Path folder;

  /**
   * @param folder with the logs of one VM; need not exist
   */
  public LogRemoval(Path folder) {
    this.folder = folder;
  }

  /** Takes the logs of {@code run} out of sight. Repeatable. */
  public void setAside(RunId run) throws IOException {
    for (Path file : files(run)) {
      moveIfThere(file, aside(file));
    }
  }

  /** Deletes what was set aside. Repeatable. */
  public void finish(RunId run) throws IOException {
    for (Path file : files(run)) {
      Files.deleteIfExists(aside(file));
    }
  }

  /** Ends what processes that died had begun. */
  public void recover(Predicate<RunId> isRecorded) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ASIDE)) {
      for (Path file : files) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          putBackOrDelete(file, isRecorded.test(new RunId(Long.parseLong(name.group(1)))));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException noLogs) {
      // Nothing was ever bootstrapped.
    }
  }

  private static void putBackOrDelete(Path file, boolean recorded) throws IOException {
    if (!recorded) {
      Files.deleteIfExists(file);
      return;
    }
    String name = file.getFileName().toString();
    Path original = file.resolveSibling(name.substring(0, name.length() - ASIDE.length()));
    moveIfThere(file, original);
  }

  private static void moveIfThere(Path file, Path target) throws IOException {
    try {
      Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException gone) {
      // Then there is nothing to move, whoever took it.
    }
  }

  private List<Path> files(RunId run) {
    return List.of(RunLog.jsonFile(folder, run), RunLog.textFile(folder, run));
  }

  private static Path aside(Path file) {
    return file.resolveSibling(file.getFileName() + ASIDE);
  }
}
