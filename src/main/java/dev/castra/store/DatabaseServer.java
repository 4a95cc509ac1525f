package dev.castra.store;

import dev.castra.process.PrivateFiles;
import dev.castra.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Optional;
import org.h2.tools.Server;

/** Serves the database of this process to other castra processes on the loopback address. */
final class DatabaseServer implements AutoCloseable {
  private final Server server;
  private final Path announcement;
  private final String announced;

  private DatabaseServer(Server server, Path announcement, String announced) {
    this.server = server;
    this.announcement = announcement;
    this.announced = announced;
  }

  /**
   * How to reach the process that owns the database.
   *
   * @param port on 127.0.0.1
   * @param key random; whoever has not read it cannot connect
   * @param owner the process, so that a stale announcement is recognised without a connection
   */
  record Announcement(int port, String key, ProcessIdentity owner) {
    String text() {
      return port
          + " "
          + key
          + " "
          + owner.pid()
          + " "
          + owner.startTicks()
          + " "
          + owner.hostBootId()
          + "\n";
    }

    /** Empty if the file is missing, torn, or speaks of a process that is gone. */
    static Optional<Announcement> read(Path file) {
      try {
        String[] words = Files.readString(file).strip().split(" ", -1);
        if (words.length != 5) {
          return Optional.empty();
        }
        ProcessIdentity owner =
            new ProcessIdentity(Long.parseLong(words[2]), Long.parseLong(words[3]), words[4]);
        return owner.isAlive()
            ? Optional.of(new Announcement(Integer.parseInt(words[0]), words[1], owner))
            : Optional.empty();
      } catch (IOException | IllegalArgumentException absent) {
        return Optional.empty();
      }
    }
  }

  /** Starts serving {@code database}, which this process must have open, and says so in a file. */
  static DatabaseServer start(Path database, Path announcementFile)
      throws SQLException, IOException {
    String key = randomKey();
    Server server =
        Server.createTcpServer(
            "-tcpPort", "0", "-ifExists", "-tcpDaemon", "-key", key, DatabaseUrl.checked(database));
    server.start();
    String text = new Announcement(server.getPort(), key, ProcessIdentity.ofSelf()).text();
    try {
      PrivateFiles.writeAtomically(announcementFile, text);
    } catch (IOException e) {
      server.stop();
      throw e;
    }
    return new DatabaseServer(server, announcementFile, text);
  }

  /** Whether others still find this server; false if one of theirs took its place. */
  boolean isAnnounced() {
    try {
      return Files.readString(announcement).equals(announced);
    } catch (IOException gone) {
      return false;
    }
  }

  /** Stops serving; the clients' connections break and they look for the next owner. */
  @Override
  public void close() {
    try {
      if (isAnnounced()) {
        Files.deleteIfExists(announcement);
      }
    } catch (IOException ignoredStaleFileIsRecognised) {
      // The owner's identity in the file tells readers that it is stale.
    }
    server.stop();
  }

  private static String randomKey() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return HexFormat.of().formatHex(key);
  }
}
