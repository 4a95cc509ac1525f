package dev.castra.guest;

import static dev.castra.guest.LiveGuest.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.vm.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(90)
class TarUploadTest {
  private static final byte[] NOT_UTF8 = {'b', (byte) 0xff, (byte) 0x80, (byte) 0xc3, 'e'};

  @TempDir Path folder;
  private final LiveGuest guest = new LiveGuest();
  private GuestSession session;

  @BeforeEach
  void connect() throws Exception {
    session = guest.connect();
  }

  @AfterEach
  void closeAll() {
    session.close();
    guest.close();
  }

  /** The guest's tar is the one found first on its PATH. */
  @ParameterizedTest
  @ValueSource(strings = {"tar", "busybox", "bsdtar"})
  void namesAndContentsArriveByteForByte(String tar) throws Exception {
    useTar(tar);
    List<RawName> names = tortureNames();
    List<TarEntrySource> entries = new ArrayList<>();
    entries.add(new TarEntrySource.Folder(RawName.of("in"), 0755));
    for (RawName name : names) {
      byte[] content = name.bytes();
      RawName path = new RawName("in/" + name.latin1());
      entries.add(new TarEntrySource.File(path, 0644, content.length, out -> out.write(content)));
    }

    TarUpload.send(session, fresh(), entries, LONG);

    // Asked in hexadecimal, since Java may not be able to name these files.
    String listing =
        session
            .exec(
                RemoteCommand.script(
                    "cd \"$1\" && for f in * .h*; do printf %s \"$f\" | od -An -v -tx1 | tr -d ' \\n';"
                        + " echo; od -An -v -tx1 <\"$f\" | tr -d ' \\n'; echo; done",
                    fresh() + "/in"),
                LONG)
            .stdout();
    List<String> expected =
        names.stream().map(name -> hex(name.bytes()) + "\n" + hex(name.bytes())).sorted().toList();
    List<String> lines = listing.lines().toList();
    List<String> found = new ArrayList<>();
    for (int i = 0; i + 1 < lines.size(); i += 2) {
      found.add(lines.get(i) + "\n" + lines.get(i + 1));
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tar", "busybox", "bsdtar"})
  void modesLinksAndFoldersArrive(String tar) throws Exception {
    useTar(tar);
    RawName farAway = new RawName("/" + "far/".repeat(60) + "away\u00ff");
    TarUpload.send(
        session,
        fresh(),
        List.of(
            TarEntrySource.File.of("run.sh", 0750, "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8)),
            new TarEntrySource.Folder(RawName.of("empty"), 0701),
            TarEntrySource.File.of("empty file", 0604, new byte[0]),
            new TarEntrySource.Link(RawName.of("link"), farAway)),
        LONG);

    String seen =
        session
            .exec(
                RemoteCommand.script(
                    "cd \"$1\" && stat -c '%a %n' . run.sh empty 'empty file'; readlink link"
                        + " | od -An -v -tx1 | tr -d ' \\n'",
                    fresh().value()),
                LONG)
            .stdout();
    assertThat(seen)
        .isEqualTo("700 .\n750 run.sh\n701 empty\n604 empty file\n" + hex(farAway.bytes()) + "0a");
  }

  @Test
  void theCallerCanHashExactlyWhatIsSent() throws Exception {
    byte[] bytes = "what is sent".repeat(10_000).getBytes(StandardCharsets.UTF_8);
    MessageDigest digest = Sha256.newDigest();
    TarEntrySource.Content hashing =
        out -> {
          @SuppressWarnings("resource") // the upload's stream is not this content's to close
          DigestOutputStream sum = new DigestOutputStream(out, digest);
          sum.write(bytes);
        };

    TarUpload.send(
        session,
        fresh(),
        List.of(new TarEntrySource.File(RawName.of("f"), 0600, bytes.length, hashing)),
        LONG);

    assertThat(Sha256.finish(digest)).isEqualTo(Sha256.of(bytes));
    assertThat(Path.of(fresh() + "/f")).hasBinaryContent(bytes);
  }

  @Test
  void theStreamDependsOnTheEntriesOnly() throws Exception {
    List<TarEntrySource> entries = List.of(TarEntrySource.File.of("-x", 0644, new byte[] {1, 2}));
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    TarUpload.write(entries, first);
    TarUpload.write(entries, second);

    assertThat(first.toByteArray()).isEqualTo(second.toByteArray());
  }

  @Test
  void neverFillsAFolderThatExists() throws Exception {
    Files.createDirectories(Path.of(fresh().value()));

    assertThatThrownBy(() -> TarUpload.send(session, fresh(), List.of(), LONG))
        .isInstanceOfSatisfying(
            CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.GUEST_FAILED))
        .hasMessage("`" + fresh() + "` exists already in the guest.");
    assertThat(Path.of(fresh().value())).isDirectory();
  }

  @Test
  void saysWhatTheGuestLacks() throws Exception {
    Path bin = Tools.only(folder.resolve("bin"), "sh", "mkdir", "rm");
    guest.server.setEnvironment(Map.of("PATH", bin.toString()));

    assertThatThrownBy(() -> TarUpload.send(session, fresh(), List.of(), LONG))
        .hasMessage("The guest has no `tar`, so nothing can be sent to `" + fresh() + "`.");
  }

  @Test
  void saysWhyTheFolderCannotBeMade() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> TarUpload.send(session, new GuestPath(file + "/run"), List.of(), LONG))
        .hasMessageStartingWith("`" + file + "/run` cannot be made in the guest: ")
        .hasMessageContaining("mkdir");
  }

  @Test
  void aFullDiskLeavesNothingBehind() throws Exception {
    Path bin = Tools.only(folder.resolve("bin"), "sh", "mkdir", "rm");
    Tools.script(bin.resolve("tar"), "echo 'tar: No space left on device' >&2; exit 2");
    guest.server.setEnvironment(Map.of("PATH", bin.toString()));

    assertThatThrownBy(() -> TarUpload.send(session, fresh(), List.of(), LONG))
        .hasMessage(
            "`" + fresh() + "` cannot be filled in the guest: tar: No space left on device.");
    assertThat(Path.of(fresh().value())).doesNotExist();
  }

  @Test
  void aFileThatShrankIsAnErrorOfThisSide() {
    TarEntrySource shrunk =
        new TarEntrySource.File(RawName.of("f"), 0600, 10, out -> out.write(new byte[5]));

    assertThatThrownBy(() -> TarUpload.send(session, fresh(), List.of(shrunk), LONG))
        .isInstanceOfSatisfying(
            CastraException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/abs", "a//b", "../x", "a/../b", ".", "a/"})
  void refusesPathsThatLeadElsewhere(String path) {
    assertThatThrownBy(() -> TarEntrySource.File.of(path, 0600, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "//", "relative", "/a/", "/a//b", "/a/..", "/./a", "/a\nb"})
  void refusesGuestFoldersThatAreNotOfOurOwn(String path) {
    assertThatThrownBy(() -> new GuestPath(path)).isInstanceOf(IllegalArgumentException.class);
  }

  private static List<RawName> tortureNames() {
    List<RawName> names = new ArrayList<>();
    for (String name :
        List.of(
            "plain",
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
            "tab\there",
            "back\\slash",
            "*",
            "?",
            "größe",
            "漢字",
            ".hidden",
            "long-" + "n".repeat(200),
            "ü".repeat(100))) {
      names.add(RawName.of(name));
    }
    names.add(RawName.of(NOT_UTF8));
    return names;
  }

  private GuestPath fresh() {
    return new GuestPath(folder + "/made/for/run-1");
  }

  private void useTar(String program) throws Exception {
    if (program.equals("tar")) {
      return;
    }
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Tools.script(
        bin.resolve("tar"),
        "exec " + Tools.find(program) + (program.equals("busybox") ? " tar" : "") + " \"$@\"");
    guest.server.setEnvironment(Map.of("PATH", bin + ":" + System.getenv("PATH")));
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }
}
