package dev.castra.steplog;

import dev.castra.run.RunId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

  private static final Pattern LOG = Pattern.compile("(\\d{1,18})\\.(?:json|log)(?:\\.part)?");

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

  /**
   * Deletes the logs of runs that are not recorded, and unfinished ones that such a run left: an
   * older Castra, or a restore, lost those rows. Those of the newest run stay in any case: a
   * restore takes them for what the disk may hold.
   *
   * @param cutoff what was written to later stays
   */
  public void deleteUnknown(Predicate<RunId> isRecorded, Instant cutoff) throws IOException {
    Optional<RunId> newest = RunLogs.newest(folder);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Matcher name = LOG.matcher(file.getFileName().toString());
        if (name.matches() && isOlder(file, cutoff)) {
          RunId run = new RunId(Long.parseLong(name.group(1)));
          if (!newest.equals(Optional.of(run)) && !isRecorded.test(run)) {
            Files.deleteIfExists(file);
          }
        }
      }
    } catch (NoSuchFileException | NotDirectoryException noLogs) {
      // Nothing was ever bootstrapped.
    }
  }

  private static boolean isOlder(Path file, Instant cutoff) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(cutoff);
    } catch (NoSuchFileException gone) {
      return false;
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
