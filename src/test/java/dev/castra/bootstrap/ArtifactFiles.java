package dev.castra.bootstrap;

import dev.castra.vm.BootstrapMode;
import dev.castra.vm.BootstrapSpec;
import dev.castra.vm.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A bootstrap on disk, to be changed and hashed again. */
final class ArtifactFiles {
  static final EnvHashKey KEY = new EnvHashKey(new byte[EnvHashKey.BYTES]);

  final Path script;
  final Path payload;
  final Map<String, String> env = new TreeMap<>(Map.of("TOKEN", "s3cret"));
  BootstrapMode mode = BootstrapMode.AUTO;
  Duration timeout = Duration.ofSeconds(60);
  String remoteDir = "/var/lib/castra";
  Optional<String> verifyCommand = Optional.of("test -e /etc/motd");
  Optional<String> verifyPath = Optional.of("/etc/motd");

  private ArtifactFiles(Path folder) throws IOException {
    script = write(folder.resolve("run.sh"), "echo hello\n", "rw-r--r--");
    payload = Files.createDirectories(folder.resolve("payload"));
    mode(payload, "rwxr-xr-x");
  }

  /** One script, no payload entries yet. */
  static ArtifactFiles bare(Path folder) throws IOException {
    return new ArtifactFiles(Files.createDirectories(folder));
  }

  /** One of everything. */
  static ArtifactFiles full(Path folder) throws IOException {
    ArtifactFiles files = bare(folder);
    files.file("app.env", "PORT=80\n");
    files.folder("conf");
    files.file("conf/a.txt", "a");
    files.link("link", "conf/a.txt");
    return files;
  }

  void script(String text) throws IOException {
    write(script, text, "rw-r--r--");
  }

  Path file(String name, String content) throws IOException {
    return write(payload.resolve(name), content, "rw-r--r--");
  }

  Path folder(String name) throws IOException {
    return mode(Files.createDirectory(payload.resolve(name)), "rwxr-xr-x");
  }

  void link(String name, String target) throws IOException {
    Files.deleteIfExists(payload.resolve(name));
    Files.createSymbolicLink(payload.resolve(name), Path.of(target));
  }

  /** Sets the mode whatever the umask is. */
  static Path mode(Path path, String permissions) throws IOException {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static Path write(Path file, String content, String permissions) throws IOException {
    return mode(Files.writeString(file, content), permissions);
  }

  BootstrapSpec spec() {
    return new BootstrapSpec(
        mode,
        Optional.of(script),
        Optional.of(payload),
        timeout,
        timeout,
        remoteDir,
        env,
        verifyCommand,
        verifyPath);
  }

  Artifact build() {
    return build(KEY);
  }

  Artifact build(EnvHashKey key) {
    return ArtifactBuilder.build(spec(), key);
  }

  Sha256 hash() {
    return build().hash();
  }
}
