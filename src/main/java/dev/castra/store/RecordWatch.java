package dev.castra.store;

import dev.castra.project.StateRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Tells whether the record may have changed since one last asked. While nobody has the database
 * open it is left alone, so that whoever waits for news never keeps an `up` from opening it. Serves
 * one thread.
 */
public final class RecordWatch {
  private final StateRoot root;
  private boolean served = true;
  private Optional<Traces> traces = Optional.empty();

  public RecordWatch(StateRoot root) {
    this.root = root;
  }

  /** What a writer leaves on the file; its content is not looked at. */
  private record Traces(long sizeBytes, long modifiedNs, String inode) {}

  /** True the first time, and whenever somebody could have written since the last time. */
  public boolean mayHaveChanged() {
    boolean servedBefore = served;
    Optional<Traces> tracesBefore = traces;
    served = DatabaseServer.Announcement.read(root.databaseServer()).isPresent();
    traces = traces();
    return served || servedBefore || !traces.equals(tracesBefore);
  }

  private Optional<Traces> traces() {
    try {
      BasicFileAttributes file =
          Files.readAttributes(root.databaseFile(), BasicFileAttributes.class);
      return Optional.of(
          new Traces(
              file.size(),
              file.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
              String.valueOf(file.fileKey())));
    } catch (IOException notThere) {
      return Optional.empty();
    }
  }
}
