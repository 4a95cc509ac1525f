package dev.castra.bootstrap;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The payload folder as a sorted list of entries. Contents are not read here. */
final class PayloadTree {
  private final Path root;
  private final Path realRoot;
  private final List<PayloadEntry> entries = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private PayloadTree(Path root) throws IOException {
    this.root = root;
    this.realRoot = root.toRealPath();
  }

  /**
   * Lists the folder, sorted by the bytes of the names.
   *
   * @throws CastraException naming every entry that cannot be sent: links that point outside,
   *     sockets, FIFOs, devices, unreadable files
   */
  static List<PayloadEntry> scan(Path root) {
    if (!Files.isDirectory(root)) {
      throw new CastraException(
          ErrorCode.ARTIFACT_INVALID,
          "Payload folder `"
              + root
              + "` "
              + (Files.exists(root) ? "is not a folder." : "does not exist."),
          "Create it, or correct `payload` in castra.toml.");
    }
    try {
      PayloadTree tree = new PayloadTree(root);
      tree.list(root, new byte[0]);
      tree.refuseProblems();
      tree.entries.sort((a, b) -> Arrays.compareUnsigned(a.rawName(), b.rawName()));
      return List.copyOf(tree.entries);
    } catch (IOException e) {
      throw unreadable(root, e);
    } catch (DirectoryIteratorException e) {
      throw unreadable(root, new IOException(e));
    }
  }

  private static CastraException unreadable(Path root, IOException cause) {
    return new CastraException(
        ErrorCode.ARTIFACT_INVALID,
        "Payload folder `" + root + "` cannot be read: " + cause + ".",
        "Make every file in it readable.",
        cause);
  }

  private void list(Path folder, byte[] prefix) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        add(child, joined(prefix, NameBytes.lastComponent(child)));
      }
    }
  }

  private void add(Path child, byte[] name) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    int mode = (Integer) Files.getAttribute(child, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0xfff;
    if (attributes.isSymbolicLink()) {
      addLink(child, name);
    } else if (attributes.isDirectory()) {
      entries.add(new PayloadEntry(PayloadEntry.Kind.DIRECTORY, name, child, mode, 0, new byte[0]));
      list(child, name);
    } else if (!attributes.isRegularFile()) {
      problems.add("`" + NameBytes.printable(name) + "` is a socket, FIFO or device");
    } else if (!Files.isReadable(child)) {
      problems.add("`" + NameBytes.printable(name) + "` is not readable");
    } else {
      long size = attributes.size();
      entries.add(new PayloadEntry(PayloadEntry.Kind.FILE, name, child, mode, size, new byte[0]));
    }
  }

  private void addLink(Path link, byte[] name) throws IOException {
    Path target = Files.readSymbolicLink(link);
    if (target.isAbsolute() || leavesRoot(link, target)) {
      problems.add("`" + NameBytes.printable(name) + "` is a link that points outside the payload");
      return;
    }
    entries.add(
        new PayloadEntry(
            PayloadEntry.Kind.SYMLINK, name, link, 0777, 0, NameBytes.relative(target)));
  }

  private boolean leavesRoot(Path link, Path target) throws IOException {
    Path parent = link.getParent();
    Path lexical = (parent == null ? target : parent.resolve(target)).normalize();
    boolean existsOutside = Files.exists(link) && !link.toRealPath().startsWith(realRoot);
    return existsOutside || !lexical.startsWith(root.normalize());
  }

  private void refuseProblems() {
    if (!problems.isEmpty()) {
      int shown = Math.min(10, problems.size());
      String more = problems.size() > shown ? ", and " + (problems.size() - shown) + " more" : "";
      throw new CastraException(
          ErrorCode.ARTIFACT_INVALID,
          "Payload `"
              + root
              + "` cannot be sent: "
              + String.join("; ", problems.subList(0, shown))
              + more
              + ".",
          "Remove these entries or move them out of the payload folder.");
    }
  }

  private static byte[] joined(byte[] prefix, byte[] name) {
    if (prefix.length == 0) {
      return name;
    }
    byte[] joined = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
    joined[prefix.length] = '/';
    System.arraycopy(name, 0, joined, prefix.length + 1, name.length);
    return joined;
  }
}
