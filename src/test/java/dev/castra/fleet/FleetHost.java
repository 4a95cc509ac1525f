package dev.castra.fleet;

import dev.castra.guest.SshGuestServer;
import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A project of so many machines with driver {@code ssh}, and their SSH servers, until stdin ends:
 * arguments are the project's folder and the number. Scripts wait at the FIFO {@code gate} in that
 * folder for one line each, if there is one.
 */
public final class FleetHost {
  private static final String SCRIPT =
      """
      echo "at work on $CASTRA_VM"
      [ ! -p "$GATE" ] || read -r word <>"$GATE"
      """;

  private FleetHost() {}

  public static void main(String[] arguments) throws Exception {
    Path project = Path.of(arguments[0]).toRealPath();
    int count = Integer.parseInt(arguments[1]);
    SshIdentity client = SshKeys.generate("castra");
    Files.writeString(project.resolve("id"), client.privateKeyText());
    Files.writeString(project.resolve("run.sh"), SCRIPT);
    StringBuilder toml = new StringBuilder("[project]\nname = \"fleet\"\n");
    List<SshGuestServer> guests = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        SshGuestServer guest = SshGuestServer.start(client);
        guests.add(guest);
        toml.append(entry(project, i, guest.port()));
      }
      Files.writeString(project.resolve("castra.toml"), toml);
      System.out.println("ready");
      while (System.in.read() >= 0) {
        // Whoever writes here only means to keep the machines alive.
      }
    } finally {
      guests.forEach(SshGuestServer::close);
    }
  }

  private static String entry(Path project, int number, int port) {
    return """
    [[vms]]
    name = "vm-%d"
    driver = "ssh"
    [vms.ssh]
    host = "127.0.0.1"
    port = %d
    identity_file = "id"
    [vms.bootstrap]
    script = "run.sh"
    remote_dir = "%s/machines/vm-%d"
    env = { GATE = "%s/gate" }
    """
        .formatted(number, port, project, number, project);
  }
}
