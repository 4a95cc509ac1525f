package dev.castra.store;

import dev.castra.project.StateRoot;
import java.util.Optional;

/**
 * Tells whether the record may have changed since one last asked. While nobody has the database
 * open it is left alone, so that whoever waits for news never keeps an `up` from opening it. Serves
 * one thread.
 */
public final class RecordWatch {
  private final StateRoot root;
  private boolean served = true;
  private Optional<FileTraces> traces = Optional.empty();

  public RecordWatch(StateRoot root) {
    this.root = root;
  }

  /** True the first time, and whenever somebody could have written since the last time. */
  public boolean mayHaveChanged() {
    boolean servedBefore = served;
    Optional<FileTraces> tracesBefore = traces;
    served = DatabaseServer.Announcement.read(root.databaseServer()).isPresent();
    traces = FileTraces.of(root.databaseFile());
    return served || servedBefore || !traces.equals(tracesBefore);
  }
}
