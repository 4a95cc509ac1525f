package dev.castra.torture;

import dev.castra.guest.SshGuestServer;
import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One machine with an SSH server in this process, and the folder its scripts write to. */
final class SshMachine implements AutoCloseable {
  private final String name;
  private final Path folder;
  private final SshGuestServer server;
  private boolean trusted = true;

  private SshMachine(String name, Path folder, SshGuestServer server) {
    this.name = name;
    this.folder = folder;
    this.server = server;
  }

  static SshMachine start(String name, Path folder, SshIdentity client) throws Exception {
    Files.createDirectories(folder);
    new ProcessBuilder("mkfifo", folder.resolve("gate").toString()).start().waitFor();
    SshMachine machine = new SshMachine(name, folder, SshGuestServer.start(client));
    machine.mood(Script.Mood.OK);
    return machine;
  }

  String name() {
    return name;
  }

  /** Castra's folder on it. */
  Path remoteDir() {
    return folder.resolve("castra");
  }

  Path folder() {
    return folder;
  }

  SshGuestServer server() {
    return server;
  }

  /** A rename, since a script may be reading. */
  void mood(Script.Mood mood) throws IOException {
    Path next = Files.writeString(folder.resolve("mood.next"), mood.id() + "\n");
    Files.move(next, folder.resolve("mood"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  /** As if it had been installed anew, for all castra can see. */
  synchronized void changeHostKey() {
    server.restartWith(SshKeys.generate(name));
    trusted = false;
  }

  synchronized void stopFor(int ms) throws InterruptedException {
    server.stop();
    Thread.sleep(ms);
    server.start();
  }

  synchronized void refuseLoginFor(int ms) throws InterruptedException {
    server.refuseAuth(true);
    server.dropConnections();
    Thread.sleep(ms);
    server.refuseAuth(false);
  }

  synchronized void cutConnections() {
    server.dropConnections();
  }

  /** False from a change of its host key on, until {@code castra trust}. */
  boolean trusted() {
    return trusted;
  }

  void trust() {
    trusted = true;
  }

  /** Lets stuck scripts go on. */
  void release() throws IOException {
    // Opened for both directions a FIFO blocks neither now nor when nobody reads.
    try (RandomAccessFile gate = new RandomAccessFile(folder.resolve("gate").toFile(), "rw")) {
      gate.write("go\ngo\ngo\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  List<String> witness() throws IOException {
    Path log = folder.resolve("witness");
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }

  @Override
  public void close() {
    server.close();
  }
}
