package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.PrivateFiles;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the project's database whoever owns it: over the owner's loopback socket if there is
 * one, else by opening the file and becoming the owner, else by waiting for whoever is about to.
 * Thread-safe. H2 can be opened by one process only; see docs/adr/0003.
 */
final class HandoverDataSource implements DataSource, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int ALREADY_OPEN = 90020;

  private static final String CLIENTS =
      "SELECT COUNT(*) FROM information_schema.sessions WHERE client_addr IS NOT NULL";

  private final StateRoot root;
  private final Path database;
  private final Path announcementFile;
  private final Ticker ticker;
  private @Nullable Connection anchor;
  private @Nullable DatabaseServer server;

  /**
   * Whether this process ever had it: a connection that was made when H2 closed it may have it open
   * still, and then to look into the file by any other means would give up the lock on it.
   */
  private boolean hadIt;

  private boolean closed;

  HandoverDataSource(StateRoot root, Ticker ticker) {
    this.root = root;
    this.database = root.database();
    this.announcementFile = root.databaseServer();
    this.ticker = ticker;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Deadline deadline = Deadline.after(ticker, PATIENCE);
    Deadline upgraded = Deadline.after(ticker, Successor.LONGEST);
    Backoff backoff = new Backoff(Duration.ofMillis(5), Duration.ofMillis(50));
    while (true) {
      Optional<Connection> connection = tryConnect();
      if (connection.isPresent()) {
        return connection.get();
      }
      if (deadline.passed() && (upgraded.passed() || !Successor.isUnderWay(root))) {
        throw busy();
      }
      pause(backoff, upgraded);
    }
  }

  private synchronized Optional<Connection> tryConnect() throws SQLException {
    if (closed) {
      throw new SQLException("The database is closed.", "08003");
    }
    if (anchor != null && isOpen(anchor)) {
      return Optional.of(DatabaseUrl.open(DatabaseUrl.owner(database)));
    }
    // H2 closes a database by itself when a statement finds no memory, or its disk no room.
    if (reopens()) {
      return Optional.of(DatabaseUrl.open(DatabaseUrl.owner(database)));
    }
    letGo();
    Optional<Connection> served = connectToOwner();
    return served.isPresent() ? served : becomeOwner();
  }

  /** {@code isValid} of H2 2.4.240 says so even of a database that was closed. */
  private static boolean isOpen(Connection connection) {
    try (Statement statement = connection.createStatement()) {
      return statement.execute("SELECT 1");
    } catch (SQLException closed) {
      return false;
    }
  }

  private Optional<Connection> connectToOwner() {
    return DatabaseServer.Announcement.read(announcementFile)
        .flatMap(
            owner -> {
              try {
                return Optional.of(DatabaseUrl.open(DatabaseUrl.server(owner.port(), owner.key())));
              } catch (SQLException goingOrComing) {
                return Optional.empty();
              }
            });
  }

  private Optional<Connection> becomeOwner() throws SQLException {
    Connection first;
    Object found = DatabaseFile.key(root.databaseFile());
    try {
      if (!hadIt && !LeftOpenDatabases.has(root.databaseFile())) {
        refuseNewer();
      }
      first = DatabaseUrl.open(DatabaseUrl.owner(database));
    } catch (SQLException e) {
      if (e.getErrorCode() == ALREADY_OPEN) {
        return Optional.empty();
      }
      throw e;
    }
    if (found != null && !found.equals(DatabaseFile.key(root.databaseFile()))) {
      // Another one took its place before this process had the lock: that lock is of the old one.
      first.close();
      return Optional.empty();
    }
    try {
      Migrations.requireKnown(first, database);
      if (Migrations.apply(first, root)) {
        first.close();
        // At once: a migration on a slow machine must not use up the patience meant for others.
        return becomeOwner();
      }
      PrivateFiles.restrict(root.databaseFile());
      DatabaseRestore.removeRemains(root);
      server = DatabaseServer.start(database, announcementFile);
      anchor = first;
      hadIt = true;
      return Optional.of(DatabaseUrl.open(DatabaseUrl.owner(database)));
    } catch (SQLException | RuntimeException e) {
      first.close();
      throw e;
    } catch (IOException e) {
      first.close();
      throw new SQLException("The database cannot be served: " + e.getMessage(), e);
    }
  }

  /** Before the file is opened for writing, which changes its header whatever is in it. */
  private void refuseNewer() throws SQLException {
    try {
      if (DatabaseFile.holdsNothing(root.databaseFile())) {
        DatabaseFile.dropTornHeader(root.databaseFile());
        return;
      }
      DatabaseFile.requireReadable(root.databaseFile());
    } catch (IOException e) {
      throw DatabaseTrouble.unreadable(root.databaseFile(), e);
    }
    if (DatabaseFile.isKnown(root.databaseFile())) {
      return;
    }
    try (Connection reader = DatabaseUrl.open(DatabaseUrl.reader(database))) {
      Migrations.requireKnown(reader, database);
    }
  }

  private static void pause(Backoff backoff, Deadline deadline) throws SQLException {
    try {
      backoff.pause(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("Interrupted while waiting for the database.", "57014", e);
    }
  }

  private CastraException busy() {
    return new CastraException(
        ErrorCode.DATABASE,
        "The database `" + database + ".mv.db` is held by another process that does not share it.",
        "End the program that has the file open, then try again.");
  }

  /**
   * Lets go of the database; H2 compacts it if this process owned it. Idempotent. An owner whose
   * clients are still there serves them until its process ends: to stop serving would close their
   * sessions while they work, after which H2 2.4.240 may commit half a transaction, or spin.
   */
  @Override
  public synchronized void close() throws SQLException {
    closed = true;
    if (server != null && hasClients()) {
      LeftOpenDatabases.add(root.databaseFile(), this);
      return;
    }
    letGo();
    LeftOpenDatabases.remove(root.databaseFile(), this);
  }

  /** If not, none can come any more. */
  private boolean hasClients() {
    Connection owner = anchor;
    if (owner == null || (!isOpen(owner) && !reopens())) {
      return false;
    }
    try (Statement statement = owner.createStatement()) {
      if (countClients(statement) > 0) {
        return true;
      }
      statement.execute("SET EXCLUSIVE 1");
      if (countClients(statement) == 0) {
        return false;
      }
      statement.execute("SET EXCLUSIVE 0");
      return true;
    } catch (SQLException unknown) {
      return true;
    }
  }

  /**
   * Opens anew what this process served before H2 closed it. Its clients may have done so already,
   * so that its server must stay.
   */
  private boolean reopens() {
    if (server == null || !server.isAnnounced()) {
      return false;
    }
    try {
      Connection again = DatabaseUrl.open(DatabaseUrl.owner(database));
      if (isCurrent(again)) {
        anchor = again;
        return true;
      }
      again.close();
    } catch (SQLException e) {
      // Whoever opens it in the ordinary way finds out why.
    }
    return false;
  }

  private boolean isCurrent(Connection connection) throws SQLException {
    try {
      return Migrations.isCurrent(connection, root);
    } catch (CastraException newer) {
      return false;
    }
  }

  private static long countClients(Statement statement) throws SQLException {
    try (ResultSet counted = statement.executeQuery(CLIENTS)) {
      counted.next();
      return counted.getLong(1);
    }
  }

  private void letGo() throws SQLException {
    if (server != null) {
      server.close();
      server = null;
    }
    if (anchor != null) {
      Connection last = anchor;
      anchor = null;
      last.close();
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter writer) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("Not a wrapper.");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
