package dev.castra.store;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Properties;

/** An H2 of another version, beside the one that Castra is made with. */
final class Engine implements AutoCloseable {
  private static final String DRIVER = "org.h2.Driver";

  private final URLClassLoader classes;
  private final Driver driver;

  private Engine(URLClassLoader classes, Driver driver) {
    this.classes = classes;
    this.driver = driver;
  }

  /**
   * @throws CastraException with {@code USAGE} if {@code jar} is not the jar of an H2
   */
  static Engine of(Path jar) {
    if (!Files.isRegularFile(jar)) {
      throw noEngine(jar, "it is no file", null);
    }
    try {
      // Not below Castra's own classes, or the shipped H2 would be found first.
      URLClassLoader classes =
          new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
      Object driver = classes.loadClass(DRIVER).getDeclaredConstructor().newInstance();
      return new Engine(classes, (Driver) driver);
    } catch (IOException | ReflectiveOperationException | LinkageError | ClassCastException e) {
      throw noEngine(jar, e.toString(), e);
    }
  }

  private static CastraException noEngine(
      Path jar, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new CastraException(
        ErrorCode.USAGE,
        "`" + jar + "` is not the jar of an H2: " + why + ".",
        "Name a file such as h2-2.1.214.jar, from Maven's `com.h2database:h2`.",
        cause);
  }

  /** Opens a database file for reading; changes nothing in it. */
  Connection open(Path database) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", DatabaseUrl.USER);
    login.setProperty("password", DatabaseUrl.PASSWORD);
    Connection connection = driver.connect(DatabaseUrl.reader(database), login);
    if (connection == null) {
      throw new SQLException("The engine does not take this address.");
    }
    return connection;
  }

  /** Such as {@code 2.1.214}. */
  static String version(Connection connection) throws SQLException {
    return connection.getMetaData().getDatabaseProductVersion().split(" ", 2)[0];
  }

  @Override
  public void close() {
    try {
      classes.close();
    } catch (IOException e) {
      // The process ends soon, and its open files with it.
    }
  }
}
