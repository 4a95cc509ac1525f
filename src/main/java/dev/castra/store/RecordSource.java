package dev.castra.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** One moment of the record, for readers of all of it. */
final class RecordSource implements TableScan.Source, AutoCloseable {
  private final Opener opener;
  private @Nullable Connection connection;

  RecordSource(Opener opener) {
    this.opener = opener;
  }

  /** Opens the record for reading. */
  interface Opener {
    Connection open() throws SQLException;
  }

  @Override
  public Connection connection() throws SQLException {
    if (connection == null) {
      connection = opener.open();
      holdStill(connection);
    }
    return connection;
  }

  @Override
  public void reopen() throws SQLException {
    close();
    connection();
  }

  /** Lets all that follows see the same moment, whatever is committed meanwhile. */
  private static void holdStill(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SNAPSHOT");
    } catch (SQLException olderEngine) {
      // One that the shipped engine cannot read has nobody who writes to it either.
    }
  }

  @Override
  public void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // Nothing was written; what is damaged may well fail to close.
      }
      connection = null;
    }
  }
}
