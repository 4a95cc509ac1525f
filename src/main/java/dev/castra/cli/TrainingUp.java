package dev.castra.cli;

import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import dev.castra.process.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.shell.ProcessShellFactory;

/**
 * Not a command: what {@code tools/lib/class-archive} runs to learn which classes {@code castra up}
 * loads to bootstrap a machine. The machine is an SSH server of this process, on the loopback
 * interface, that lets in nobody but the castra beside it, by a key made for that.
 */
public final class TrainingUp {
  private TrainingUp() {}

  /**
   * @param arguments an empty folder of the caller's
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]).toRealPath();
    SshIdentity client = SshKeys.generate("training");
    try (SshServer machine = machine(client)) {
      machine.start();
      describe(folder, machine.getPort(), client);
      Console console = Console.ofProcess();
      String[] up = {"up", "--config", folder.toString()};
      int exitCode = Math.max(Main.run(up, console), Main.run(up, console));
      console.flush();
      machine.stop(true);
      System.exit(exitCode);
    }
  }

  private static SshServer machine(SshIdentity client) {
    SshServer machine = SshServer.setUpDefaultServer();
    machine.setHost("127.0.0.1");
    machine.setKeyPairProvider(KeyPairProvider.wrap(SshKeys.generate("machine").keys()));
    machine.setPublickeyAuthenticator(
        (user, key, session) -> KeyUtils.compareKeys(key, client.keys().getPublic()));
    machine.setCommandFactory(
        (channel, command) ->
            new ProcessShellFactory(command, "/bin/sh", "-c", command).createShell(channel));
    return machine;
  }

  private static void describe(Path folder, int port, SshIdentity client) throws IOException {
    byte[] key = client.privateKeyText().getBytes(StandardCharsets.US_ASCII);
    PrivateFiles.createAtomically(folder.resolve("id"), key);
    Path bootstrap = Files.createDirectories(folder.resolve("bootstrap/machine"));
    Files.writeString(bootstrap.resolve("run.sh"), "echo trained\n");
    Files.writeString(
        folder.resolve("castra.toml"),
        """
        [[vms]]
        name = "machine"
        driver = "ssh"
        [vms.ssh]
        host = "127.0.0.1"
        port = %d
        identity_file = "id"
        [vms.bootstrap]
        remote_dir = "%s"
        env = { TRAINED = "yes" }
        """
            .formatted(port, folder.resolve("remote")));
  }
}
