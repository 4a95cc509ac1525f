package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The way on which readers get at the record, a connection for each reading. Thread-safe. */
public final class RecordReads {
  private final StateRoot root;
  private final Ticker ticker;
  private final Way way;

  RecordReads(StateRoot root, Ticker ticker, Way way) {
    this.root = root;
    this.ticker = ticker;
    this.way = way;
  }

  /** Where a connection comes from; empty if there is no record yet. */
  interface Way {
    Optional<Connection> open() throws SQLException;
  }

  /**
   * For a process that does not work with the record: whoever owns it is asked, or else its file is
   * opened for a moment. A process with a {@link Database} may lose its lock on the file by that.
   */
  public static RecordReads of(StateRoot root, Ticker ticker) {
    return new RecordReads(root, ticker, () -> ReadConnection.open(root, ticker));
  }

  /**
   * Empty if there is no record yet. Blocks up to 20 s while the database changes hands.
   *
   * @throws CastraException if the database is damaged, lost its content, or is too new
   */
  <T> Optional<T> read(ReadTransaction.Reading<T> reading) {
    return ReadTransaction.read(root, ticker, way, reading);
  }
}
