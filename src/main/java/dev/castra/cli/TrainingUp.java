package dev.castra.cli;

import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import dev.castra.guest.TrainingMachine;
import dev.castra.process.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Not a command: what {@code tools/lib/class-archive} runs to learn which classes {@code castra up}
 * loads to bootstrap a machine.
 */
public final class TrainingUp {
  private TrainingUp() {}

  /**
   * @param arguments an empty folder of the caller's
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]).toRealPath();
    SshIdentity client = SshKeys.generate("training");
    int exitCode;
    try (TrainingMachine machine = TrainingMachine.start(client)) {
      describe(folder, machine.port(), client);
      Console console = Console.ofProcess();
      String[] up = {"up", "--config", folder.toString()};
      int first = Main.run(up, console);
      exitCode = first == 0 ? Main.run(up, console) : first;
      console.flush();
    }
    System.exit(exitCode);
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
