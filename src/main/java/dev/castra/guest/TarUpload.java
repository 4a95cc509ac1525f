package dev.castra.guest;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Sends files into a new folder of the guest as one tar stream. */
public final class TarUpload {
  private static final String SCRIPT = ScriptResource.text("upload.sh");
  private static final int NO_TAR = 91;
  private static final int NO_FOLDER = 92;
  private static final int FOLDER_EXISTS = 93;

  /** Seconds since the epoch; GNU tar warns about 0. */
  private static final long MODIFIED = 1_000_000_000L;

  private TarUpload() {}

  /**
   * Makes {@code folder}, which must not exist, mode 0700, with its parents, and fills it; blocks.
   * Needs {@code sh}, {@code mkdir}, {@code rm} and any {@code tar} in the guest. A folder that
   * could not be filled is removed again; after a lost connection it may be there in part.
   *
   * @throws CastraException with {@code GUEST_FAILED} if the guest cannot do it; with {@code IO} if
   *     a content fails or has another size than announced
   */
  public static void send(
      GuestSession session, GuestPath folder, List<TarEntrySource> entries, Duration limit)
      throws ConnectionLost, InterruptedException {
    RemoteResult result =
        session.exec(
            RemoteCommand.script(SCRIPT, folder.parent(), folder.value())
                .withLabel("unpacking into `" + folder + "`")
                .withStdin(out -> write(entries, out)),
            limit);
    if (!result.succeeded()) {
      throw failure(folder, result);
    }
  }

  /** The stream that is sent: GNU tar format, owner 0, one fixed time. Does not close it. */
  static void write(List<TarEntrySource> entries, OutputStream out) throws IOException {
    OutputStream buffered = new BufferedOutputStream(new Unclosed(out), 32 << 10);
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(buffered, StandardCharsets.ISO_8859_1.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
      for (TarEntrySource entry : entries) {
        write(entry, tar);
      }
    }
  }

  private static void write(TarEntrySource source, TarArchiveOutputStream tar) throws IOException {
    tar.putArchiveEntry(header(source));
    if (source instanceof TarEntrySource.File file) {
      file.content().writeTo(new Unclosed(tar));
    }
    tar.closeArchiveEntry();
  }

  private static TarArchiveEntry header(TarEntrySource source) {
    // The prefix keeps a leading dash from being read as an option by anything on the way.
    String name = "./" + source.path().latin1();
    TarArchiveEntry entry;
    if (source instanceof TarEntrySource.Link link) {
      entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
      entry.setLinkName(link.target().latin1());
    } else if (source instanceof TarEntrySource.File file) {
      entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL);
      entry.setSize(file.size());
    } else {
      entry = new TarArchiveEntry(name + "/", TarConstants.LF_DIR);
    }
    entry.setMode(source.mode());
    entry.setIds(0, 0);
    entry.setModTime(MODIFIED * 1000);
    return entry;
  }

  private static CastraException failure(GuestPath folder, RemoteResult result) {
    String seen = result.stderr().strip().lines().findFirst().orElse(result.ending());
    return switch (result.exitStatus().orElse(0)) {
      case NO_TAR ->
          failed(
              "The guest has no `tar`, so nothing can be sent to `" + folder + "`.",
              "Install tar in the base image.");
      case NO_FOLDER ->
          failed(
              "`" + folder + "` cannot be made in the guest: " + seen + ".",
              "Choose a `remote_dir` the user may write to.");
      case FOLDER_EXISTS ->
          failed(
              "`" + folder + "` exists already in the guest.",
              "Remove it there, or choose another `remote_dir`.");
      default ->
          failed(
              "`" + folder + "` cannot be filled in the guest: " + seen + ".",
              "Check the free space in the guest, or give the VM a larger disk.");
    };
  }

  private static CastraException failed(String message, String hint) {
    return new CastraException(ErrorCode.GUEST_FAILED, message, hint);
  }

  /** Passes everything on but the end. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
