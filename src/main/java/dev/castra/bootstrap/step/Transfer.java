package dev.castra.bootstrap.step;

import dev.castra.bootstrap.Artifact;
import dev.castra.bootstrap.Connection;
import dev.castra.bootstrap.ManifestEntry;
import dev.castra.bootstrap.PayloadEntry;
import dev.castra.bootstrap.RunContext;
import dev.castra.guest.ConnectionLost;
import dev.castra.guest.RawName;
import dev.castra.guest.RemoteJob;
import dev.castra.guest.TarEntrySource;
import dev.castra.guest.TarUpload;
import dev.castra.vm.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Sends script, payload and env into a fresh folder of the guest. What is sent is hashed on its way
 * and compared with the manifest, so the guest never gets anything but the artifact.
 */
public final class Transfer {
  private final RunContext context;
  private final Connection connection;
  private final Connect.Found found;
  private final Map<String, ManifestEntry> files;

  public Transfer(RunContext context, Connection connection, Connect.Found found) {
    this.context = context;
    this.connection = connection;
    this.found = found;
    this.files =
        context.artifact().manifest().entries().stream()
            .filter(entry -> entry.kind() == ManifestEntry.Kind.FILE)
            .collect(Collectors.toMap(ManifestEntry::name, entry -> entry));
  }

  public StepResult<Connect.Found> call() throws ConnectionLost, InterruptedException {
    if (found.takenOver()) {
      // Its castra may have died between their removal and the end of the run.
      EnvFile.restore(connection, found.folder(), environment(context.artifact()));
      return StepResult.skipped(found, "taken over from an interrupted run");
    }
    Artifact artifact = context.artifact();
    Duration limit = artifact.spec().applyTimeout();
    TarUpload.send(connection.session(), found.folder(), entries(artifact), limit);
    long count = artifact.payload().size();
    return StepResult.done(
        found,
        count + (count == 1 ? " entry, " : " entries, ") + artifact.payloadBytes() + " bytes");
  }

  private List<TarEntrySource> entries(Artifact artifact) {
    List<TarEntrySource> entries = new ArrayList<>();
    entries.add(RemoteJob.control());
    entries.add(RemoteJob.environment(environment(artifact)));
    entries.add(script(artifact));
    entries.add(new TarEntrySource.Folder(RawName.of(RemoteJob.PAYLOAD), 0755));
    artifact.payload().forEach(entry -> entries.add(payload(entry)));
    return entries;
  }

  private Map<String, String> environment(Artifact artifact) {
    Map<String, String> environment = new TreeMap<>(artifact.spec().env());
    environment.put("CASTRA_VM", context.vm().value());
    environment.put("CASTRA_RUN_ID", context.run().toString());
    environment.put("CASTRA_PAYLOAD_DIR", found.folder().resolve(RemoteJob.PAYLOAD).value());
    return environment;
  }

  private TarEntrySource script(Artifact artifact) {
    ManifestEntry entry =
        artifact.manifest().entries().stream()
            .filter(candidate -> candidate.kind() == ManifestEntry.Kind.SCRIPT)
            .findFirst()
            .orElseThrow();
    // The script must be executable whatever its mode on the host; the rest of the mode stays.
    return new TarEntrySource.File(
        RawName.of(RemoteJob.SCRIPT),
        entry.mode() & 0777 | 0500,
        entry.sizeBytes(),
        out -> copy(artifact.script(), entry, out));
  }

  private TarEntrySource payload(PayloadEntry entry) {
    RawName path = new RawName(RemoteJob.PAYLOAD + "/" + RawName.of(entry.rawName()).latin1());
    return switch (entry.kind()) {
      case DIRECTORY -> new TarEntrySource.Folder(path, entry.mode());
      case SYMLINK -> new TarEntrySource.Link(path, RawName.of(entry.linkTarget()));
      case FILE -> {
        ManifestEntry hashed = java.util.Objects.requireNonNull(files.get(entry.printableName()));
        yield new TarEntrySource.File(
            path, entry.mode(), hashed.sizeBytes(), out -> copy(entry.source(), hashed, out));
      }
    };
  }

  private static void copy(Path source, ManifestEntry hashed, OutputStream out) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    Files.copy(source, new DigestOutputStream(out, digest));
    if (!Sha256.finish(digest).equals(hashed.sha256())) {
      throw new IOException(
          "`" + hashed.name() + "` changed after it was hashed; run `castra up` again");
    }
  }
}
