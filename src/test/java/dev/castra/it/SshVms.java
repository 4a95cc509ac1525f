package dev.castra.it;

import dev.castra.guest.SshGuestServer;
import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Machines with driver {@code ssh} for a project, whose servers run in this process. Each has a
 * folder of its own; scripts find it as {@code $HERE}.
 */
final class SshVms implements AutoCloseable {
  private final CastraProject project;
  private final SshIdentity client = SshKeys.generate("castra");
  private final Map<String, SshGuestServer> servers = new LinkedHashMap<>();

  SshVms(CastraProject project, String... vms) throws IOException {
    this.project = project;
    project.file("id", client.privateKeyText());
    StringBuilder toml = new StringBuilder();
    for (String vm : vms) {
      Files.createDirectories(folder(vm));
      SshGuestServer server = SshGuestServer.start(client);
      servers.put(vm, server);
      toml.append(entry(vm, server.port()));
    }
    project.file("castra.toml", toml.toString());
  }

  private String entry(String vm, int port) {
    return """
    [[vms]]
    name = "%s"
    driver = "ssh"
    [vms.ssh]
    host = "127.0.0.1"
    port = %d
    identity_file = "id"
    [vms.bootstrap]
    handshake_timeout_secs = 60
    remote_dir = "%s"
    env = { HERE = "%s" }
    """
        .formatted(vm, port, folder(vm).resolve("castra"), folder(vm));
  }

  Path folder(String vm) {
    return project.directory().resolve("machines").resolve(vm);
  }

  /** Shell commands that say so and then wait until {@link #letGo} is called. */
  static String waiting(String saying) {
    return "echo '" + saying + "'; until [ -e \"$HERE/go\" ]; do sleep 0.05; done; rm \"$HERE/go\"";
  }

  /** Lets the script that waits, or the next one, go on. */
  void letGo(String vm) throws IOException {
    Files.createFile(folder(vm).resolve("go"));
  }

  @Override
  public void close() {
    servers.values().forEach(SshGuestServer::close);
  }
}
