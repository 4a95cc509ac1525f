package dev.castra.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.castra.vm.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * A payload folder with whatever a file system allows. Names are strings of one character per byte;
 * paths are made through URIs, for Java's own strings cannot name all of these files.
 */
final class AwkwardPayload {
  /** Shell command that prints a line for every entry below the working directory. */
  static final String LISTING =
      """
      find . -exec sh -c '
        hex() { od -An -v -tx1 | tr -d " \\n"; }
        for f; do
          name=$(printf %s "$f" | hex)
          if [ -h "$f" ]; then
            echo "entry $name link $(readlink -n "$f" | hex)"
          elif [ -d "$f" ]; then
            echo "entry $name folder $(stat -c %a "$f")"
          else
            echo "entry $name file $(stat -c %a "$f") $(sha256sum <"$f")"
          fi
        done' sh {} +
      """;

  private static final List<String> NAMES =
      List.of(
          "-rf",
          "--help",
          "-n -e",
          " leading",
          "trailing ",
          "it's",
          "\"quoted\"",
          "$(id) `id` $HOME",
          "back\\slash\\n",
          "*",
          "?[a]{b,c}",
          "~ # ; & | > ! %s",
          "new\nline",
          "\nfirst",
          "last\n",
          "\ttab\r",
          ".hidden",
          "...",
          utf8("größe"),
          utf8("\u00e9"),
          utf8("e\u0301"),
          utf8("漢字 🜂"),
          "not utf-8 \u00ff\u0080\u00c3",
          everyByte());

  private final Path root;
  private final List<String> lines = new ArrayList<>();

  private AwkwardPayload(Path root) {
    this.root = root;
  }

  /** Fills the folder; gives the lines that {@link #LISTING} prints in a copy, in any order. */
  static List<String> create(Path folder) throws IOException {
    AwkwardPayload payload = new AwkwardPayload(Files.createDirectories(folder));
    payload.expect(".", "folder 755");
    for (String name : NAMES) {
      payload.file(name, 0644, name.getBytes(ISO_8859_1));
    }
    payload.addContents();
    payload.addModes();
    payload.addLinks();
    return payload.lines;
  }

  private void addContents() throws IOException {
    byte[] odd = new byte[200_001];
    new Random(1).nextBytes(odd);
    file("binary", 0644, odd);
    file("none", 0644, new byte[0]);
    folder("empty", 0755);
    folder("one\n", 0755);
    folder("one\n/-two", 0755);
    file("one\n/-two/\u00fe", 0644, new byte[] {0});
  }

  private void addModes() throws IOException {
    for (int mode : List.of(0400, 0444, 0600, 0664, 0711, 0777, 02755, 04755)) {
      file("mode " + Integer.toOctalString(mode), mode, new byte[] {'x'});
    }
    for (int mode : List.of(0500, 0700, 0777, 01777)) {
      folder("folder " + Integer.toOctalString(mode), mode);
    }
  }

  private void addLinks() throws IOException {
    link("link", "-rf");
    link("- link\n\u00ff", "one\n/-two/\u00fe");
    link("one\n/up", "../empty");
    link("dangling", "nowhere \u00ff\n");
    link("loop", "loop");
  }

  private void file(String name, int mode, byte[] content) throws IOException {
    Files.setAttribute(Files.write(at(name), content), "unix:mode", mode);
    String sum = Sha256.of(content).hex();
    expect("./" + name, "file " + Integer.toOctalString(mode) + " " + sum + "  -");
  }

  private void folder(String name, int mode) throws IOException {
    Files.setAttribute(Files.createDirectory(at(name)), "unix:mode", mode);
    expect("./" + name, "folder " + Integer.toOctalString(mode));
  }

  private void link(String name, String target) throws IOException {
    Path link = at(name);
    Path sibling = at(name.substring(0, name.lastIndexOf('/') + 1) + target);
    Files.createSymbolicLink(link, link.resolveSibling("").relativize(sibling));
    expect("./" + name, "link " + hex(target));
  }

  private void expect(String path, String facts) {
    lines.add("entry " + hex(path) + " " + facts);
  }

  private Path at(String name) {
    StringBuilder uri = new StringBuilder("file://" + root.toUri().getRawPath());
    for (byte b : name.getBytes(ISO_8859_1)) {
      uri.append(b == '/' ? "/" : "%%%02X".formatted(b & 0xff));
    }
    return Path.of(URI.create(uri.toString()));
  }

  private static String hex(String bytes) {
    return HexFormat.of().formatHex(bytes.getBytes(ISO_8859_1));
  }

  private static String utf8(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  /** As long as a name may be, without the two bytes that no name holds. */
  private static String everyByte() {
    StringBuilder name = new StringBuilder();
    for (char c = 1; c <= 0xff; c++) {
      if (c != '/') {
        name.append(c);
      }
    }
    return name.toString();
  }
}
