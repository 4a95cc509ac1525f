package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.h2.Driver;

/**
 * JDBC addresses of the embedded database. The password is no secret: the file is protected by its
 * mode, the socket by the random key in its address.
 */
final class DatabaseUrl {
  static final String USER = "castra";
  static final String PASSWORD = "castra";

  /** H2's error code for a user or a password that it does not know. */
  static final int WRONG_LOGIN = 28000;

  /** May do nothing but SELECT; made by the migration of the views. */
  static final String READER = "castra_reader";

  static final String READER_PASSWORD = "castra_reader";

  /**
   * {@code WRITE_DELAY=0}: with H2's default of 500 ms a SIGKILL loses what was committed, and
   * sometimes tears it. {@code RETENTION_TIME=1000} keeps the file from growing by 16 KB a commit.
   */
  private static final String DURABLE =
      ";FILE_LOCK=FS;WRITE_DELAY=0;RETENTION_TIME=1000;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";

  /**
   * Longest silence of the owner before a client gives it up: longer than any lock timeout, so only
   * an owner that is stopped, or a stranger on its old port, is that silent.
   */
  private static final Duration SILENCE = Duration.ofSeconds(6);

  private static final String SERVED = ";LOCK_TIMEOUT=5000;NETWORK_TIMEOUT=";

  private static final String PRIVATE =
      ";FILE_LOCK=FS;IFEXISTS=TRUE;DB_CLOSE_ON_EXIT=FALSE;MAX_COMPACT_TIME=0";

  /** Rows are computed as they are fetched, instead of all of them before the first. */
  private static final String LAZY = ";LAZY_QUERY_EXECUTION=1";

  static {
    // H2 reads both once, when its settings class loads, so they stand before every connection.
    // A client that gives up on a dead owner at once finds the next one sooner.
    System.setProperty("h2.socketConnectRetry", "1");
    // Without it H2 listens on every interface.
    System.setProperty("h2.bindAddress", "127.0.0.1");
  }

  private DatabaseUrl() {}

  /** For a process that works: creates the database if need be. */
  static String owner(Path database) {
    return "jdbc:h2:file:" + checked(database) + DURABLE + ";LOCK_TIMEOUT=5000";
  }

  /**
   * For a file that is filled before it takes the place of the database: nothing in it has to
   * outlive a kill, and closing may take a while to leave it small. With the owner's settings a
   * million events left a file of 1.3 GB.
   */
  static String filled(Path database) {
    return "jdbc:h2:file:"
        + checked(database)
        + ";FILE_LOCK=FS;RETENTION_TIME=0;MAX_COMPACT_TIME=60000"
        + ";DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";
  }

  /** For a process that only looks: shares the file with others like it, and never writes to it. */
  static String reader(Path database) {
    return "jdbc:h2:file:"
        + checked(database)
        + ";FILE_LOCK=FS;ACCESS_MODE_DATA=r;IFEXISTS=TRUE;TRACE_LEVEL_FILE=0";
  }

  static String server(int port, String key) {
    return served(port, key, SILENCE);
  }

  /**
   * @param longer than other owners one may be silent, for it has much to do
   */
  static String server(int port, String key, Duration longer) {
    return served(port, key, SILENCE.plus(longer));
  }

  private static String served(int port, String key, Duration silence) {
    return "jdbc:h2:tcp://127.0.0.1:" + port + "/" + key + SERVED + silence.toMillis();
  }

  /** For a copy that nobody else has, and that goes with the process. */
  static String copy(Path database) {
    return "jdbc:h2:file:" + checked(database) + PRIVATE + ";TRACE_LEVEL_FILE=0";
  }

  /**
   * For statements of users on a copy, without the settings that only an administrator may make.
   */
  static String copyOfStatements(Path database) {
    return "jdbc:h2:file:" + checked(database) + PRIVATE + LAZY;
  }

  static Connection open(String url) throws SQLException {
    try {
      return connect(url, USER, PASSWORD);
    } catch (SQLException e) {
      throw DatabaseTrouble.opening(e);
    }
  }

  /** As {@link #READER}, whose password may have been changed: then with {@link #WRONG_LOGIN}. */
  static Connection openAsReader(String url) throws SQLException {
    try {
      return connect(url, READER, READER_PASSWORD);
    } catch (SQLException e) {
      throw e.getErrorCode() == WRONG_LOGIN ? e : DatabaseTrouble.opening(e);
    }
  }

  /** Not through DriverManager, which first looks for every driver there is. */
  private static Connection connect(String url, String user, String password) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", user);
    login.setProperty("password", password);
    return Driver.load().connect(url, login);
  }

  /** H2 takes a semicolon for the start of its settings. */
  static String checked(Path database) {
    String path = database.toString();
    if (path.indexOf(';') >= 0) {
      throw new CastraException(
          ErrorCode.CANNOT_CREATE,
          "The state root `" + database + "` has a `;` in its path, which the database cannot use.",
          "Set `project.state_dir` in castra.toml to a path without `;`.");
    }
    return path;
  }
}
