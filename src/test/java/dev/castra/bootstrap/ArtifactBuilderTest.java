package dev.castra.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ArtifactBuilderTest {
  @TempDir Path folder;
  private ArtifactFiles files;

  @BeforeEach
  void writeFiles() throws IOException {
    files = ArtifactFiles.full(folder.resolve("one"));
  }

  private interface Change {
    void to(ArtifactFiles files) throws IOException;
  }

  private static Arguments change(String seen, Change change) {
    return Arguments.of(seen, change);
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        change("script changed (", f -> f.script("echo hellp\n")),
        change("script mode changed (0644 to 0755)", f -> mode(f.script, "rwxr-xr-x")),
        change("`payload/app.env` changed (", f -> f.file("app.env", "PORT=81\n")),
        change(
            "`payload/app.env` mode changed (0644 to 0600)",
            f -> mode(f.payload.resolve("app.env"), "rw-------")),
        change("`payload/APP.env` added, `payload/app.env` removed", f -> rename(f, "APP.env")),
        change("`payload/conf/b.txt` added", f -> f.file("conf/b.txt", "")),
        change("`payload/conf/a.txt` removed", f -> Files.delete(f.payload.resolve("conf/a.txt"))),
        change("`payload/empty` added", f -> f.folder("empty")),
        change(
            "`payload/conf` mode changed (0755 to 0700)",
            f -> mode(f.payload.resolve("conf"), "rwx------")),
        change("`payload/link` changed (", f -> f.link("link", "app.env")),
        change("`payload/link` changed from symlink to file", ArtifactBuilderTest::linkToFile),
        change("env `TOKEN` changed", f -> f.env.put("TOKEN", "s3cre7")),
        change("env `TOKEN2` added, env `TOKEN` removed", ArtifactBuilderTest::renameToken),
        change("env `EMPTY` added", f -> f.env.put("EMPTY", "")),
        change("env `TOKEN` removed", f -> f.env.remove("TOKEN")),
        change("`verify_command` changed (", f -> f.verifyCommand = Optional.of("true")),
        change("`verify_command` removed", f -> f.verifyCommand = Optional.empty()),
        change("`verify_path` changed (", f -> f.verifyPath = Optional.of("/etc/issue")),
        change("`verify_path` removed", f -> f.verifyPath = Optional.empty()),
        change("`remote_dir` changed (", f -> f.remoteDir = "/opt/castra"));
  }

  private static void mode(Path path, String permissions) throws IOException {
    ArtifactFiles.mode(path, permissions);
  }

  private static void rename(ArtifactFiles files, String name) throws IOException {
    Files.move(files.payload.resolve("app.env"), files.payload.resolve(name));
  }

  private static void linkToFile(ArtifactFiles files) throws IOException {
    Files.delete(files.payload.resolve("link"));
    files.file("link", "conf/a.txt");
  }

  private static void renameToken(ArtifactFiles files) {
    files.env.put("TOKEN2", files.env.get("TOKEN"));
    files.env.remove("TOKEN");
  }

  @ParameterizedTest
  @MethodSource("changes")
  void everyInputChangesTheHashAndIsNamed(String seen, Change change) throws IOException {
    Artifact before = files.build();
    change.to(files);
    Artifact after = files.build();

    assertThat(after.hash()).isNotEqualTo(before.hash());
    assertThat(after.manifest().summaryOfChangesSince(before.manifest())).startsWith(seen);
  }

  @Test
  void whatTheGuestDoesNotGetDoesNotChangeTheHash() throws IOException {
    Sha256 before = files.hash();
    files.mode = BootstrapMode.ALWAYS;
    files.timeout = Duration.ofDays(1);
    Files.setLastModifiedTime(files.script, FileTime.fromMillis(1));
    Files.setLastModifiedTime(files.payload.resolve("conf/a.txt"), FileTime.fromMillis(1));

    assertThat(files.hash()).isEqualTo(before);
  }

  @Test
  void theSameFilesInAnotherFolderHaveTheSameHash() throws IOException {
    assertThat(ArtifactFiles.full(folder.resolve("another/place")).hash()).isEqualTo(files.hash());
  }

  @Test
  void anotherProjectsKeyGivesAnotherHashIfThereIsAnEnv() throws IOException {
    EnvHashKey other = EnvHashKey.generate();

    assertThat(files.build(other).hash()).isNotEqualTo(files.hash());
    files.env.clear();
    assertThat(files.build(other).hash()).isEqualTo(files.hash());
  }

  @Test
  void anEnvValueCannotBeGuessedFromTheManifest() {
    assertThat(files.build().manifest().entries())
        .filteredOn(entry -> entry.kind() == ManifestEntry.Kind.ENV)
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.name()).isEqualTo("TOKEN");
              assertThat(entry.sizeBytes()).isZero();
              assertThat(entry.sha256())
                  .isNotEqualTo(Sha256.of("s3cret".getBytes(StandardCharsets.UTF_8)))
                  .isNotEqualTo(Sha256.of("TOKEN=s3cret".getBytes(StandardCharsets.UTF_8)));
            });
  }

  /** Without lengths between the parts some of these would encode to the same bytes. */
  @Test
  void contentsThatImitateTheNextPartDoNotCollide() throws IOException {
    Map<Sha256, String> seen = new LinkedHashMap<>();
    Map<String, Change> artifacts = new LinkedHashMap<>();
    artifacts.put("nothing", f -> {});
    artifacts.put(
        "a:X b:Y",
        f -> {
          f.file("a", "X");
          f.file("b", "Y");
        });
    artifacts.put("a:XfilebY", f -> f.file("a", "XfilebY"));
    artifacts.put("a:X\\nb:Y", f -> f.file("a", "X\nb:Y"));
    artifacts.put("ab:Y", f -> f.file("ab", "Y"));
    artifacts.put("afileb:Y", f -> f.file("afileb", "Y"));
    artifacts.put(
        "a:'' b:''",
        f -> {
          f.file("a", "");
          f.file("b", "");
        });
    artifacts.put(
        "a/ b:''",
        f -> {
          f.folder("a");
          f.file("b", "");
        });
    artifacts.put(
        "a/ a/b:''",
        f -> {
          f.folder("a");
          f.file("a/b", "");
        });
    artifacts.put(
        "a/ b/",
        f -> {
          f.folder("a");
          f.folder("b");
        });
    artifacts.put("A=1 B=2", f -> f.env.putAll(Map.of("A", "1", "B", "2")));
    artifacts.put("A=1B=2", f -> f.env.put("A", "1B=2"));
    artifacts.put("A=1\\nB=2", f -> f.env.put("A", "1\nB=2"));
    artifacts.put("A='' B=12", f -> f.env.putAll(Map.of("A", "", "B", "12")));
    artifacts.put("command x, path /y", f -> verify(f, "x", "/y"));
    artifacts.put("command x/y", f -> verify(f, "x/y", null));
    artifacts.put("command /y", f -> verify(f, "/y", null));
    artifacts.put("path /y", f -> verify(f, null, "/y"));
    artifacts.put("command ''", f -> verify(f, "", null));
    for (Map.Entry<String, Change> artifact : artifacts.entrySet()) {
      ArtifactFiles bare = ArtifactFiles.bare(folder.resolve("n" + seen.size()));
      bare.env.clear();
      verify(bare, null, null);
      artifact.getValue().to(bare);
      assertThat(seen.put(bare.hash(), artifact.getKey())).as(artifact.getKey()).isNull();
    }
  }

  private static void verify(
      ArtifactFiles files,
      @org.jspecify.annotations.Nullable String command,
      @org.jspecify.annotations.Nullable String path) {
    files.verifyCommand = Optional.ofNullable(command);
    files.verifyPath = Optional.ofNullable(path);
  }

  @Test
  void countsThePayloadsBytes() {
    assertThat(files.build().payloadBytes()).isEqualTo("PORT=80\na".length());
  }

  @Test
  void saysWhatIsWrongWithTheScript() throws IOException {
    Files.delete(files.script);
    assertRefused(files::build, "Bootstrap script `" + files.script + "` does not exist.");
    Files.createDirectory(files.script);
    assertRefused(files::build, "Bootstrap script `" + files.script + "` is not a file.");
  }

  static void assertRefused(ThrowingCallable build, String message) {
    assertThatThrownBy(build)
        .isInstanceOfSatisfying(
            CastraException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.ARTIFACT_INVALID);
              assertThat(e.hint()).isNotBlank();
            })
        .hasMessage(message);
  }
}
