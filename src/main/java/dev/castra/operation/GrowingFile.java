package dev.castra.operation;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads a file that another process may still be writing, and may rename meanwhile. */
final class GrowingFile implements AutoCloseable {
  /** A log gets another name when a run ends and when another castra takes it over. */
  private static final int MOST_RENAMES = 3;

  private final Supplier<Optional<Path>> file;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
  private @Nullable FileChannel channel;

  /**
   * @param file under the name that it has when it is opened; empty while there is none
   */
  GrowingFile(Supplier<Optional<Path>> file) {
    this.file = file;
  }

  /** True if there was a file to read. */
  boolean opened() {
    return channel != null;
  }

  /**
   * Copies what has been added since the last call.
   *
   * @return whether there was anything
   * @throws UncheckedIOException if {@code out} takes no more
   * @throws CastraException if the file cannot be read
   */
  boolean copyTo(OutputStream out) {
    boolean any = false;
    while (fill() > 0) {
      any = true;
      try {
        out.write(buffer.array(), 0, buffer.position());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return any;
  }

  private int fill() {
    try {
      for (int i = 0; channel == null && i <= MOST_RENAMES; i++) {
        channel = open();
      }
      buffer.clear();
      return channel == null ? 0 : channel.read(buffer);
    } catch (IOException e) {
      throw new CastraException(
          ErrorCode.IO,
          "A log cannot be read: " + e + ".",
          "Check that the state root is readable and its disk is in order.",
          e);
    }
  }

  /** Null if there is no file, or it got another name before it was opened. */
  private @Nullable FileChannel open() throws IOException {
    Optional<Path> path = file.get();
    try {
      return path.isPresent() ? FileChannel.open(path.get(), StandardOpenOption.READ) : null;
    } catch (NoSuchFileException renamedMeanwhile) {
      return null;
    }
  }

  @Override
  public void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException onlyRead) {
      // Nothing of it can be lost.
    }
  }
}
