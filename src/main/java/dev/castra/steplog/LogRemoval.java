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
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes the files of runs together with the rows that know them, although a process can die
 * between the two: files are first set aside, then the rows go, then the files. What a dead process
 * left aside is put back if its row is still there, and deleted otherwise.
 */
public final class LogRemoval {
  private static final String ASIDE = ".pruned";
  private static final String UNFINISHED = ".part";
  private static final String NUMBER = "(\\d{1,18})";

  private final Path folder;
  private final Pattern name;
  private final Pattern asideName;
  private final Function<RunId, List<Path>> files;

  private LogRemoval(Path folder, String name, Function<RunId, List<Path>> files) {
    this.folder = folder;
    this.name = Pattern.compile(name);
    this.asideName = Pattern.compile(name + Pattern.quote(ASIDE));
    this.files = files;
  }

  /**
   * @param folder with the logs of one VM; need not exist
   */
  public LogRemoval(Path folder) {
    this(
        folder,
        NUMBER + "\\.(?:json|log)(?:\\.part)?",
        run ->
            List.of(
                RunLog.jsonFile(folder, run),
                RunLog.textFile(folder, run),
                // Of a run whose log could not be finished.
                RunLog.unfinished(folder, run)));
  }

  /**
   * Of a VM's files in a folder that other VMs have files in too.
   *
   * @param folder need not exist
   * @param before the run's number in a file's name
   * @param after the run's number
   */
  public static LogRemoval ofFiles(Path folder, String before, String after) {
    return new LogRemoval(
        folder,
        Pattern.quote(before) + NUMBER + Pattern.quote(after),
        run -> List.of(folder.resolve(before + run + after)));
  }

  /** Takes the files of {@code run} out of sight. Repeatable. */
  public void setAside(RunId run) throws IOException {
    for (Path file : files.apply(run)) {
      moveIfThere(file, aside(file));
    }
  }

  /** Deletes what was set aside, and what a dead process could not finish. Repeatable. */
  public void finish(RunId run) throws IOException {
    for (Path file : files.apply(run)) {
      Files.deleteIfExists(aside(file));
      if (Files.isDirectory(folder)) {
        // Names that begin so are nobody else's: a number and a dot end them.
        try (DirectoryStream<Path> parts =
            Files.newDirectoryStream(folder, file.getFileName() + ".*" + UNFINISHED)) {
          for (Path part : parts) {
            Files.deleteIfExists(part);
          }
        }
      }
    }
  }

  /** Ends what processes that died had begun. */
  public void recover(Predicate<RunId> isRecorded) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ASIDE)) {
      for (Path file : files) {
        Matcher its = asideName.matcher(file.getFileName().toString());
        if (its.matches()) {
          putBackOrDelete(file, isRecorded.test(new RunId(Long.parseLong(its.group(1)))));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException noLogs) {
      // Nothing was ever bootstrapped.
    }
  }

  /**
   * Deletes the files of runs that are not recorded, and unfinished ones that such a run left: an
   * older Castra, or a restore, lost those rows. Those of the newest run stay in any case: a
   * restore takes them for what the disk may hold.
   *
   * @param cutoff what was written to later stays
   */
  public void deleteUnknown(Predicate<RunId> isRecorded, Instant cutoff) throws IOException {
    Optional<RunId> newest = RunLogs.newest(folder);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Matcher its = name.matcher(file.getFileName().toString());
        if (its.matches() && isOlder(file, cutoff)) {
          RunId run = new RunId(Long.parseLong(its.group(1)));
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

  private static Path aside(Path file) {
    return file.resolveSibling(file.getFileName() + ASIDE);
  }
}
