package dev.castra.bootstrap;

import dev.castra.guest.Console;
import dev.castra.guest.Guests;
import dev.castra.guest.HostKeyPolicy;
import dev.castra.guest.SshGuestServer;
import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import dev.castra.process.Ticker;
import dev.castra.run.RunId;
import dev.castra.run.Trigger;
import dev.castra.vm.BootstrapMode;
import dev.castra.vm.BootstrapSpec;
import dev.castra.vm.DiskId;
import dev.castra.vm.VmName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A real guest on loopback and everything a run against it needs. */
final class PipelineGuest implements Surroundings, AutoCloseable {
  final RecordedJournal journal = new RecordedJournal();
  final ByteArrayOutputStream output = new ByteArrayOutputStream();
  final Path folder;
  final Path payload;
  final SshGuestServer server;
  Path remoteDir;
  DiskId disk = DiskId.fresh();
  Trigger trigger = Trigger.AUTO;
  UUID attempt = UUID.randomUUID();
  Duration applyTimeout = Duration.ofSeconds(60);
  Optional<String> verifyCommand = Optional.empty();
  Optional<String> verifyPath = Optional.empty();
  List<UUID> resumable = List.of();
  volatile Optional<String> cancelled = Optional.empty();
  volatile Optional<String> stopRequest = Optional.empty();
  volatile Optional<String> deathNotice = Optional.empty();
  volatile Console console = Console.none();
  private final SshIdentity client = SshKeys.generate("castra");
  private final Guests guests = new Guests(Ticker.system());

  PipelineGuest(Path folder) throws IOException {
    this.folder = folder;
    this.remoteDir = folder.resolve("guest");
    this.payload = Files.createDirectories(folder.resolve("payload"));
    this.server = SshGuestServer.start(client);
  }

  Path runFolder() {
    String place = "runs/web-" + disk.toString().substring(0, 13);
    return remoteDir.resolve(place).resolve(attempt.toString());
  }

  /** From now on the guest finds this shell script in place of its own program. */
  void replaceProgram(String name, String script) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path program = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    server.setEnvironment(Map.of("PATH", bin + ":" + System.getenv("PATH")));
  }

  String text() {
    return output.toString(StandardCharsets.UTF_8);
  }

  Artifact artifact(String script) throws IOException {
    Path file = Files.writeString(folder.resolve("run.sh"), script);
    BootstrapSpec spec =
        new BootstrapSpec(
            BootstrapMode.AUTO,
            Optional.of(file),
            Optional.of(payload),
            Duration.ofSeconds(60),
            applyTimeout,
            remoteDir.toString(),
            Map.of("TOKEN", "it's $ecret"),
            verifyCommand,
            verifyPath);
    return ArtifactBuilder.build(spec, new EnvHashKey(new byte[EnvHashKey.BYTES]));
  }

  Pipeline.Result run(String script) throws IOException {
    return run(artifact(script), output);
  }

  Pipeline.Result run(Artifact artifact, OutputStream sink) {
    return run(artifact, sink, journal);
  }

  Pipeline.Result run(Artifact artifact, OutputStream sink, RunJournal records) {
    RunContext context =
        new RunContext(
            new VmName("web"),
            new RunId(1),
            disk,
            trigger,
            attempt,
            resumable,
            artifact,
            sink,
            shaken -> {});
    GuestAccess access =
        new GuestAccess(
            guests,
            server.endpoint(),
            client,
            HostKeyPolicy.pinned("web", server.hostKey().publicKeyLine(), key -> Optional.empty()),
            this,
            Ticker.system());
    return new Pipeline(context, access, records, Clock.systemUTC()).run();
  }

  /** Keeps the output and does something once when the first of it arrives. */
  OutputStream onFirstOutput(Runnable action) {
    return new OutputStream() {
      private boolean seen;

      @Override
      public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        output.write(bytes, offset, length);
        if (!seen) {
          seen = true;
          action.run();
        }
      }
    };
  }

  @Override
  public Optional<String> deathNotice() {
    return deathNotice;
  }

  @Override
  public Console console() {
    return console;
  }

  @Override
  public Optional<String> cancelled() {
    return cancelled;
  }

  @Override
  public Optional<String> stopRequest() {
    return stopRequest;
  }

  @Override
  public void close() {
    guests.close();
    server.close();
  }
}
