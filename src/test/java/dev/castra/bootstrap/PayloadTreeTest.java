package dev.castra.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.castra.bootstrap.PayloadEntry.Kind;
import dev.castra.process.Command;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class PayloadTreeTest {
  private Path root;

  @BeforeEach
  void makeRoot(@TempDir Path folder) throws IOException {
    root = Files.createDirectory(folder.resolve("payload"));
  }

  static Stream<byte[]> awkwardNames() {
    Stream<String> texts =
        Stream.of(
            "-rf",
            "--help",
            "a b",
            " lead",
            "trail ",
            "it's",
            "\"q\"",
            "$(id)",
            "`id`",
            "new\nline",
            "cr\rlf",
            "tab\t",
            "back\\slash",
            "*",
            "?",
            "%41",
            "a%2Fb",
            "größe",
            "gro\u0308ße",
            "漢字",
            "\ud83d\ude00",
            ".hidden",
            "...",
            "n".repeat(255));
    Stream<byte[]> bytes =
        Stream.of(
            new byte[] {'b', (byte) 0xff, (byte) 0x80, (byte) 0xc3, 'e'},
            new byte[] {(byte) 0xe9},
            new byte[] {1, 2, 0x7f, (byte) 0xc2, (byte) 0x85});
    return Stream.concat(texts.map(text -> text.getBytes(StandardCharsets.UTF_8)), bytes);
  }

  @ParameterizedTest
  @MethodSource("awkwardNames")
  void keepsEveryNameByteForByte(byte[] name) throws IOException {
    Path folder = Files.createDirectory(named(root, name));
    Files.write(named(folder, name), name);
    Files.createSymbolicLink(root.resolve("~"), folder.getFileName());

    assertThat(PayloadTree.scan(root))
        .extracting(
            PayloadEntry::kind, entry -> hex(entry.rawName()), entry -> hex(entry.linkTarget()))
        .containsExactlyInAnyOrder(
            tuple(Kind.DIRECTORY, hex(name), ""),
            tuple(Kind.FILE, hex(name) + "2f" + hex(name), ""),
            tuple(Kind.SYMLINK, "7e", hex(name)));
  }

  @Test
  void listsEveryKindWithItsModeSortedByTheBytesOfTheNames() throws IOException {
    Files.createDirectories(root.resolve("b/empty"));
    Files.writeString(root.resolve("b/file"), "12345");
    Files.writeString(root.resolve("b.txt"), "");
    Files.writeString(root.resolve("Z"), "");
    Files.writeString(root.resolve("é"), "");
    ArtifactFiles.mode(root.resolve("b"), "rwxr-x---");
    ArtifactFiles.mode(root.resolve("b/empty"), "rwx------");
    ArtifactFiles.mode(root.resolve("b/file"), "r-xr-xr-x");
    for (String name : List.of("Z", "b.txt", "é")) {
      ArtifactFiles.mode(root.resolve(name), "rw-r--r--");
    }

    assertThat(PayloadTree.scan(root))
        .extracting(PayloadTreeTest::describe)
        .containsExactly(
            "FILE Z 644 0",
            "DIRECTORY b 750 0",
            "FILE b.txt 644 0",
            "DIRECTORY b/empty 700 0",
            "FILE b/file 555 5",
            "FILE é 644 0");
  }

  @Test
  void keepsTheSetIdAndStickyBits() throws Exception {
    Files.writeString(root.resolve("tool"), "");
    Files.createDirectory(root.resolve("shared"));
    run("chmod", "6755", root.resolve("tool").toString());
    run("chmod", "1777", root.resolve("shared").toString());

    assertThat(PayloadTree.scan(root))
        .extracting(PayloadTreeTest::describe)
        .containsExactly("DIRECTORY shared 1777 0", "FILE tool 6755 0");
  }

  @Test
  void anEmptyFolderHasNoEntries() {
    assertThat(PayloadTree.scan(root)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file",
        "./file",
        "dir",
        "dir/",
        "dir//file",
        ".",
        "dir/..",
        "../payload/file",
        "missing",
        "dir/missing",
        "self"
      })
  void aLinkThatStaysInsideIsKeptAsItIs(String target) throws Exception {
    Files.writeString(root.resolve("file"), "");
    Files.createDirectory(root.resolve("dir"));
    Files.writeString(root.resolve("dir/file"), "");
    run("ln", "-s", "--", target, root.resolve("self").toString());

    assertThat(PayloadTree.scan(root))
        .filteredOn(entry -> entry.kind() == Kind.SYMLINK)
        .singleElement()
        .satisfies(
            link ->
                assertThat(new String(link.linkTarget(), StandardCharsets.UTF_8))
                    .isEqualTo(target));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "/nowhere",
        "..",
        "../outside",
        "../nowhere",
        "dir/../../outside",
        "way-out/outside",
        "../payload2"
      })
  void aLinkThatLeadsOutsideIsRefused(String target) throws IOException {
    Path outside = Files.createDirectory(root.resolveSibling("payload2"));
    Files.writeString(root.resolveSibling("outside"), "secret");
    Files.createDirectory(root.resolve("dir"));
    Files.createSymbolicLink(root.resolve("way-out"), outside.resolve(".."));
    Files.createSymbolicLink(root.resolve("dir/link"), Path.of("../").resolve(target));
    Files.createSymbolicLink(root.resolve("link"), Path.of(target));

    assertThatThrownBy(() -> PayloadTree.scan(root))
        .hasMessageContaining("`link` is a link that points outside the payload");
  }

  @Test
  void aLinkedPayloadFolderIsFollowed() throws IOException {
    Files.writeString(root.resolve("file"), "");
    Files.createSymbolicLink(root.resolve("link"), Path.of("file"));
    Path alias = Files.createSymbolicLink(root.resolveSibling("alias"), root);

    assertThat(PayloadTree.scan(alias))
        .extracting(PayloadEntry::printableName)
        .containsExactly("file", "link");
  }

  @Test
  void everythingThatCannotBeSentIsNamedAtOnce() throws Exception {
    Files.createDirectory(root.resolve("dir"));
    run("mkfifo", root.resolve("dir/fifo").toString());
    Files.createSymbolicLink(root.resolve("link"), Path.of("/etc/passwd"));
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(root.resolve("socket")));

      assertThatThrownBy(() -> PayloadTree.scan(root))
          .hasMessageStartingWith("Payload `" + root + "` cannot be sent: ")
          .hasMessageContaining("`dir/fifo` is a socket, FIFO or device")
          .hasMessageContaining("`link` is a link that points outside the payload")
          .hasMessageContaining("`socket` is a socket, FIFO or device");
    }
  }

  @Test
  void aHundredProblemsStillMakeAShortMessage() throws IOException {
    for (int i = 0; i < 100; i++) {
      Files.createSymbolicLink(root.resolve("link" + i), Path.of("/etc"));
    }

    assertThatThrownBy(() -> PayloadTree.scan(root)).hasMessageEndingWith(", and 90 more.");
  }

  @Test
  void theFolderItselfMustBeAFolder() throws IOException {
    Path missing = root.resolve("missing");
    ArtifactBuilderTest.assertRefused(
        () -> PayloadTree.scan(missing), "Payload folder `" + missing + "` does not exist.");
    Path file = Files.writeString(root.resolve("file"), "");
    ArtifactBuilderTest.assertRefused(
        () -> PayloadTree.scan(file), "Payload folder `" + file + "` is not a folder.");
  }

  /** Java's own file names would go through the platform's charset. */
  private static Path named(Path folder, byte[] name) {
    String base = folder.toUri().getRawPath();
    String escaped = HexFormat.of().withPrefix("%").formatHex(name);
    return Path.of(URI.create("file://" + base + (base.endsWith("/") ? "" : "/") + escaped));
  }

  private static String describe(PayloadEntry entry) {
    return entry.kind()
        + " "
        + entry.printableName()
        + " "
        + Integer.toOctalString(entry.mode())
        + " "
        + entry.sizeBytes();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static void run(String... command) throws Exception {
    assertThat(Command.run(Arrays.asList(command), Duration.ofSeconds(30)).exitCode()).isZero();
  }
}
