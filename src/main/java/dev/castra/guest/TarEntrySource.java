package dev.castra.guest;

import java.io.IOException;
import java.io.OutputStream;

/** Something to be made in the guest. */
public sealed interface TarEntrySource {
  /**
   * Path below the new folder, folders separated by {@code /}; a folder comes before its content.
   */
  RawName path();

  /** Permission bits, 0 to 07777. */
  int mode();

  /**
   * A file of exactly {@code size} bytes.
   *
   * @param content asked once, on a thread of its own; may compute a digest of what it writes
   */
  record File(RawName path, int mode, long size, Content content) implements TarEntrySource {
    public File {
      check(path, mode);
    }

    /** A file with these bytes. */
    public static File of(String path, int mode, byte[] bytes) {
      return new File(RawName.of(path), mode, bytes.length, out -> out.write(bytes));
    }
  }

  /** A folder. */
  record Folder(RawName path, int mode) implements TarEntrySource {
    public Folder {
      check(path, mode);
    }
  }

  /** A symbolic link; its target is not looked at. */
  record Link(RawName path, RawName target) implements TarEntrySource {
    public Link {
      check(path, 0777);
    }

    @Override
    public int mode() {
      return 0777;
    }
  }

  /** Writes a file's bytes. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private static void check(RawName path, int mode) {
    for (String name : path.latin1().split("/", -1)) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        throw new IllegalArgumentException("`" + path + "` leads out of its folder.");
      }
    }
    if (mode < 0 || mode > 07777) {
      throw new IllegalArgumentException("Not permission bits: " + mode);
    }
  }
}
