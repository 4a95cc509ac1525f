package dev.castra.report;

import dev.castra.event.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A tar.gz of mode 0600 with one folder of files, none of which holds a secret that the scrubber
 * knows. It gets its name once it is complete and on disk. Needs little memory, and as much room
 * besides as its largest file. Not thread-safe.
 */
public final class ReportArchive implements AutoCloseable {
  private static final int FILE_MODE = 0600;
  private static final int FOLDER_MODE = 0700;
  private static final FileAttribute<?> OWNER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path target;
  private final Path unfinished;
  private final String folder;
  private final Scrubber scrubber;
  private final Instant now;
  private final Excerpt.Stop stop;
  private final FileChannel file;
  private final FileChannel spool;
  private final TarArchiveOutputStream tar;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * @param target its folder must exist
   * @param folder the one in the archive
   * @param stop throws once nobody wants the archive any more
   */
  public ReportArchive(Path target, String folder, Scrubber scrubber, Instant now, Runnable stop)
      throws IOException {
    this.target = target;
    this.folder = folder;
    this.scrubber = scrubber;
    this.now = now;
    this.stop = stop::run;
    String temporary = target.getFileName() + "." + UUID.randomUUID();
    this.unfinished = target.resolveSibling(temporary + ".part");
    this.file = open(unfinished, StandardOpenOption.WRITE);
    try {
      this.spool =
          open(
              target.resolveSibling(temporary + ".spool.part"),
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      this.tar =
          new TarArchiveOutputStream(
              new GZIPOutputStream(
                  new BufferedOutputStream(Channels.newOutputStream(file), 1 << 16)),
              StandardCharsets.UTF_8.name());
      header(folder + "/", 0, FOLDER_MODE);
      tar.closeArchiveEntry();
    } catch (IOException e) {
      file.close();
      Files.deleteIfExists(unfinished);
      throw e;
    }
  }

  /**
   * A file in the archive.
   *
   * @param size in bytes
   */
  public record Entry(String name, long size) {}

  private static FileChannel open(Path path, OpenOption... options) throws IOException {
    Set<OpenOption> all = new java.util.HashSet<>(Set.of(options));
    all.add(StandardOpenOption.CREATE_NEW);
    return FileChannel.open(path, all, OWNER);
  }

  /** Adds a text. */
  public void text(String name, String text) throws IOException {
    add(name, scrubber.text(text).getBytes(StandardCharsets.UTF_8));
  }

  /** Adds one object, indented for people. */
  public void json(String name, Map<String, @Nullable Object> fields) throws IOException {
    String text = Json.pretty(scrubber.fields(fields)) + "\n";
    add(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds one object per line. */
  public void jsonLines(String name, List<Map<String, @Nullable Object>> lines) throws IOException {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(Json.compact(scrubber.fields(line))).append('\n'));
    add(name, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Adds what there is of a file.
   *
   * @return why it is not there, or not all that was meant to be; empty if it is
   */
  public Optional<String> excerpt(String name, Path source, Excerpt measure) throws IOException {
    if (scrubber.isBlind()) {
      return Optional.of("not all secrets are known, so they could not be removed");
    }
    if (!Files.isRegularFile(source)) {
      return Optional.of("there is no `" + source + "`");
    }
    spool.truncate(0);
    Optional<String> trouble = Optional.empty();
    OutputStream out = new Spooled();
    try (FileChannel channel = FileChannel.open(source, StandardOpenOption.READ)) {
      measure.copy(channel, scrubber, out, stop);
    } catch (Unspoolable e) {
      throw e;
    } catch (NoSuchFileException e) {
      return Optional.of("there is no `" + source + "`");
    } catch (IOException e) {
      trouble = Optional.of("`" + source + "` cannot be read: " + e);
    }
    long size = spool.size();
    if (size > 0 || trouble.isEmpty()) {
      header(folder + "/" + name, size, FILE_MODE);
      spool.position(0);
      Channels.newInputStream(spool).transferTo(tar);
      tar.closeArchiveEntry();
      entries.add(new Entry(name, size));
    }
    return trouble;
  }

  /** Tells trouble with the archive's own disk from trouble with what is read. */
  private static final class Unspoolable extends IOException {
    private static final long serialVersionUID = 1;

    Unspoolable(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private final class Spooled extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        java.nio.ByteBuffer rest = java.nio.ByteBuffer.wrap(bytes, offset, length);
        while (rest.hasRemaining()) {
          spool.write(rest, spool.size());
        }
      } catch (IOException e) {
        throw new Unspoolable(e);
      }
    }
  }

  private void add(String name, byte[] content) throws IOException {
    stop.check();
    header(folder + "/" + name, content.length, FILE_MODE);
    tar.write(content);
    tar.closeArchiveEntry();
    entries.add(new Entry(name, content.length));
  }

  private void header(String name, long size, int mode) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(size);
    entry.setMode(mode);
    entry.setIds(0, 0);
    entry.setModTime(now.toEpochMilli() / 1000 * 1000);
    tar.putArchiveEntry(entry);
  }

  /** The text as it would be in the archive. */
  public String clean(String text) {
    return scrubber.text(text);
  }

  /** What was added so far. */
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** Gives the archive its name, in place of an earlier one; it is on disk then. */
  public long finish() throws IOException {
    stop.check();
    tar.close();
    try (FileChannel written = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    long size = Files.size(unfinished);
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory =
        FileChannel.open(target.resolveSibling(""), StandardOpenOption.READ)) {
      directory.force(true);
    }
    return size;
  }

  /** Removes what was not finished. Idempotent. */
  @Override
  public void close() throws IOException {
    spool.close();
    file.close();
    Files.deleteIfExists(unfinished);
  }
}
