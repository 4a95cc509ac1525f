package dev.castra.store;

import dev.castra.process.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The database in one file, as H2's {@code BACKUP TO} writes it: a zip that holds its file. */
final class DatabaseBackup {
  private static final String SUFFIX = ".mv.db";

  private DatabaseBackup() {}

  /**
   * Writes a backup, mode 0600, durable on return; it appears under its name complete or not at
   * all, in place of an earlier one. Others may work on the database meanwhile.
   *
   * @param target absolute; where the database is served by another process, that one writes it
   */
  static void write(Connection connection, Path target) throws SQLException, IOException {
    Path unfinished = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      try (PreparedStatement backup = connection.prepareStatement("BACKUP TO ?")) {
        backup.setString(1, unfinished.toString());
        backup.execute();
      }
      PrivateFiles.restrict(unfinished);
      sync(unfinished);
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
      sync(target.resolveSibling(""));
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /**
   * Writes the database's file that a backup holds, mode 0600, durable on return.
   *
   * @throws IOException if {@code backup} is no backup, or {@code file} cannot be written
   */
  static void extract(Path backup, Path file) throws IOException {
    try (ZipFile zip = new ZipFile(backup.toFile())) {
      ZipEntry entry =
          zip.stream()
              .filter(candidate -> candidate.getName().endsWith(SUFFIX))
              .findFirst()
              .orElseThrow(() -> new IOException("it holds no database"));
      PrivateFiles.write(file, new byte[0]);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
          OutputStream out = Channels.newOutputStream(channel);
          InputStream content = zip.getInputStream(entry)) {
        content.transferTo(out);
        channel.force(true);
      }
    }
  }

  static void sync(Path fileOrFolder) throws IOException {
    try (FileChannel channel = FileChannel.open(fileOrFolder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
