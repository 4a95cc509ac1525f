package dev.castra.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.process.Backoff;
import dev.castra.process.Deadline;
import dev.castra.process.PrivateFiles;
import dev.castra.process.Ticker;
import dev.castra.project.StateRoot;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Transactions on the project's database. Thread-safe. A transaction whose connection breaks, or
 * that loses a race for a row, is run again, so it must be safe to repeat: natural keys,
 * compare-and-set.
 */
public final class Database implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration OLDER_PATIENCE = Duration.ofSeconds(20);
  private static final int POOL_SIZE = 6;

  /**
   * H2 error codes after which a transaction is run again: deadlock, lock timeout, row changed
   * meanwhile, database or connection closed, connection broken, file held by another process,
   * owner about to leave.
   */
  private static final Set<Integer> REPEATABLE =
      Set.of(40001, 50200, 90131, 90067, 90020, 90098, 90121, 90007, 90135);

  private final HandoverDataSource source;
  private final HikariDataSource pool;
  private final StateRoot root;
  private final Ticker ticker;

  private Database(HandoverDataSource source, StateRoot root, Ticker ticker) {
    this.source = source;
    this.root = root;
    this.ticker = ticker;
    this.pool = new HikariDataSource(poolOn(source));
  }

  /**
   * Opens the database under {@code root}, creating and migrating it if need be. Blocks up to 20 s
   * while another process is between opening and serving it, or while an older Castra serves it: it
   * can be upgraded only when that has left.
   *
   * @throws CastraException if it cannot be opened, is damaged, or is of a newer Castra, with
   *     {@code BUSY} if an older one does not leave
   */
  public static Database open(StateRoot root, Ticker ticker) {
    StateFolder.open(root);
    PrivateFiles.createFolder(root.databaseFolder());
    HandoverDataSource source = new HandoverDataSource(root, ticker);
    try {
      LeftOpenDatabases.closeUnused(root.databaseFile());
      awaitCurrent(source, root, ticker);
      return new Database(source, root, ticker);
    } catch (SQLException e) {
      throw DatabaseTrouble.translate(root.databaseFile(), e);
    }
  }

  private static void awaitCurrent(HandoverDataSource source, StateRoot root, Ticker ticker)
      throws SQLException {
    Deadline deadline = Deadline.after(ticker, OLDER_PATIENCE);
    Backoff backoff = Backoff.standard();
    while (true) {
      try (java.sql.Connection connection = source.getConnection()) {
        if (Migrations.isCurrent(connection, root)) {
          return;
        }
      } catch (SQLException e) {
        // Its owner may be leaving at this moment.
        if (deadline.passed() || !isRepeatable(e)) {
          throw e;
        }
      }
      if (deadline.passed()) {
        throw DatabaseUsers.older(root, ticker);
      }
      pause(backoff, deadline);
    }
  }

  private static HikariConfig poolOn(HandoverDataSource source) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    config.setPoolName("castra");
    config.setMaximumPoolSize(POOL_SIZE);
    config.setMinimumIdle(0);
    config.setAutoCommit(false);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setInitializationFailTimeout(-1);
    return config;
  }

  /**
   * Readings through this database, which never touch its file by any other means: that would give
   * up the lock on it. They fail once it is closed.
   */
  public RecordReads reads() {
    return new RecordReads(root, ticker, () -> Optional.of(reading()));
  }

  private java.sql.Connection reading() throws SQLException {
    if (pool.isClosed()) {
      throw new CastraException(
          ErrorCode.DATABASE,
          "The database under `" + root.path() + "` was closed.",
          "Run the command again.");
    }
    return source.getConnection();
  }

  /** Runs {@code body} in one transaction and commits it. */
  public <T> T transaction(Function<DSLContext, T> body) {
    return repeating(body, false);
  }

  /** Like {@link #transaction}, and on disk, against power loss too, before this returns. */
  public <T> T syncedTransaction(Function<DSLContext, T> body) {
    return repeating(body, true);
  }

  private <T> T repeating(Function<DSLContext, T> body, boolean sync) {
    Deadline deadline = Deadline.after(ticker, PATIENCE);
    Backoff backoff = new Backoff(Duration.ofMillis(5), Duration.ofMillis(100));
    while (true) {
      try {
        return once(body, sync);
      } catch (SQLException | DataAccessException e) {
        if (deadline.passed() || DatabaseTrouble.isUnwritable(e) || !isRepeatable(e)) {
          throw DatabaseTrouble.translate(e);
        }
        pause(backoff, deadline);
      }
    }
  }

  private <T> T once(Function<DSLContext, T> body, boolean sync) throws SQLException {
    try (java.sql.Connection connection = pool.getConnection()) {
      try {
        T result = body.apply(on(connection));
        connection.commit();
        if (sync) {
          // WRITE_DELAY=0 survives SIGKILL; only this calls fsync (H2 "CHECKPOINT SYNC").
          try (java.sql.Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT SYNC");
          }
        }
        return result;
      } catch (RuntimeException | SQLException e) {
        rollBack(connection, e);
        if (isRepeatable(e)) {
          // HikariCP does not know H2's codes for a broken connection, and would hand it out again
          // for as long as the tries follow each other quickly.
          pool.evictConnection(connection);
        }
        throw e;
      }
    }
  }

  private static void rollBack(java.sql.Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException broken) {
      cause.addSuppressed(broken);
    }
  }

  private static DSLContext on(java.sql.Connection connection) {
    return DSL.using(
        connection,
        SQLDialect.H2,
        new Settings().withRenderQuotedNames(RenderQuotedNames.EXPLICIT_DEFAULT_UNQUOTED));
  }

  static boolean isRepeatable(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql
          && (REPEATABLE.contains(sql.getErrorCode())
              || String.valueOf(sql.getSQLState()).startsWith("08"))) {
        return true;
      }
      // An owner that leaves rolls back under a client's statement, which then fails in any way;
      // that the client could not roll back either tells that the connection is gone.
      if (Arrays.stream(cause.getSuppressed()).anyMatch(Database::isRepeatable)) {
        return true;
      }
    }
    return false;
  }

  private static void pause(Backoff backoff, Deadline deadline) {
    try {
      backoff.pause(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CastraException(ErrorCode.INTERRUPTED, "Interrupted.", "Run the command again.", e);
    }
  }

  /**
   * Closes the pool, and the database if this process owns it and serves nobody, which compacts the
   * file.
   */
  @Override
  public void close() {
    pool.close();
    try {
      source.close();
    } catch (SQLException e) {
      throw DatabaseTrouble.translate(e);
    }
  }
}
