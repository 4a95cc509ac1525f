package dev.castra.bootstrap;

import dev.castra.error.CastraBug;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.vm.BootstrapSpec;
import dev.castra.vm.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** Hashes a bootstrap artifact. Reads every file once; has no side effects. */
public final class ArtifactBuilder {
  private static final byte[] FORMAT = "castra-artifact-1".getBytes(StandardCharsets.UTF_8);

  private final EnvHashKey envKey;
  private final List<ManifestEntry> entries = new ArrayList<>();
  private final MessageDigest digest = Sha256.newDigest();

  private ArtifactBuilder(EnvHashKey envKey) {
    this.envKey = envKey;
    field(FORMAT);
  }

  /**
   * Hashes what {@code spec} names. Blocks while it reads.
   *
   * @throws CastraException with {@code ARTIFACT_INVALID} if something is missing, unreadable or of
   *     a kind that cannot be sent
   */
  public static Artifact build(BootstrapSpec spec, EnvHashKey envKey) {
    Path script = spec.script().orElseThrow(() -> new CastraBug("an artifact without a script"));
    requireReadable(script);
    return new ArtifactBuilder(envKey).hash(spec, script);
  }

  private Artifact hash(BootstrapSpec spec, Path script) {
    addScript(script);
    List<PayloadEntry> payload = spec.payload().map(PayloadTree::scan).orElse(List.of());
    payload.forEach(this::addPayload);
    spec.env().forEach(this::addEnv);
    addSetting("remote_dir", spec.remoteDir());
    spec.verifyCommand().ifPresent(command -> addSetting("verify_command", command));
    spec.verifyPath().ifPresent(path -> addSetting("verify_path", path));
    long bytes = payload.stream().mapToLong(PayloadEntry::sizeBytes).sum();
    return new Artifact(Sha256.finish(digest), new Manifest(entries), spec, script, payload, bytes);
  }

  private static void requireReadable(Path script) {
    String problem =
        !Files.exists(script)
            ? "does not exist"
            : !Files.isRegularFile(script)
                ? "is not a file"
                : !Files.isReadable(script) ? "is not readable" : "";
    if (!problem.isEmpty()) {
      throw new CastraException(
          ErrorCode.ARTIFACT_INVALID,
          "Bootstrap script `" + script + "` " + problem + ".",
          "Correct `script` in castra.toml or the file's permissions.");
    }
  }

  private void addScript(Path script) {
    try {
      int mode = (Integer) Files.getAttribute(script, "unix:mode") & 0xfff;
      Content content = contentOf(script);
      byte[] name = "run.sh".getBytes(StandardCharsets.UTF_8);
      add(ManifestEntry.Kind.SCRIPT, name, mode, content.sizeBytes(), content.sha256());
    } catch (IOException e) {
      throw unreadable(script, e);
    }
  }

  private void addPayload(PayloadEntry entry) {
    switch (entry.kind()) {
      case FILE -> {
        Content content = contentOf(entry);
        add(
            ManifestEntry.Kind.FILE,
            entry.rawName(),
            entry.mode(),
            content.sizeBytes(),
            content.sha256());
      }
      case DIRECTORY ->
          add(
              ManifestEntry.Kind.DIRECTORY,
              entry.rawName(),
              entry.mode(),
              0,
              Sha256.of(new byte[0]));
      case SYMLINK ->
          add(
              ManifestEntry.Kind.SYMLINK,
              entry.rawName(),
              0,
              entry.linkTarget().length,
              Sha256.of(entry.linkTarget()));
    }
  }

  private void addEnv(String name, String value) {
    byte[] key = name.getBytes(StandardCharsets.UTF_8);
    add(ManifestEntry.Kind.ENV, key, 0, 0, envKey.hash(name, value));
  }

  private void addSetting(String name, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    byte[] key = name.getBytes(StandardCharsets.UTF_8);
    add(ManifestEntry.Kind.SETTING, key, 0, bytes.length, Sha256.of(bytes));
  }

  private void add(
      ManifestEntry.Kind kind, byte[] rawName, int mode, long sizeBytes, Sha256 sha256) {
    field(kind.id().getBytes(StandardCharsets.UTF_8));
    field(rawName);
    field(ByteBuffer.allocate(12).putInt(mode).putLong(sizeBytes).array());
    field(sha256.hex().getBytes(StandardCharsets.UTF_8));
    entries.add(new ManifestEntry(kind, NameBytes.printable(rawName), mode, sizeBytes, sha256));
  }

  /** Every field goes in with its length, so no two artifacts encode to the same bytes. */
  private void field(byte[] bytes) {
    digest.update(ByteBuffer.allocate(8).putLong(bytes.length).array());
    digest.update(bytes);
  }

  private record Content(long sizeBytes, Sha256 sha256) {}

  private static Content contentOf(PayloadEntry entry) {
    Content content = contentOf(entry.source());
    if (content.sizeBytes() != entry.sizeBytes()) {
      throw new CastraException(
          ErrorCode.ARTIFACT_INVALID,
          "Payload file `" + entry.printableName() + "` changed while it was read.",
          "Run the command again once nothing writes to the payload folder.");
    }
    return content;
  }

  private static Content contentOf(Path file) {
    MessageDigest digest = Sha256.newDigest();
    long size = 0;
    byte[] buffer = new byte[1 << 16];
    try (InputStream stream = Files.newInputStream(file)) {
      for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
        digest.update(buffer, 0, read);
        size += read;
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    return new Content(size, Sha256.finish(digest));
  }

  private static CastraException unreadable(Path file, IOException cause) {
    return new CastraException(
        ErrorCode.ARTIFACT_INVALID,
        "`" + file + "` cannot be read: " + cause + ".",
        "Make the file readable.",
        cause);
  }
}
