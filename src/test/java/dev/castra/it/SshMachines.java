package dev.castra.it;

import dev.castra.guest.SshGuestServer;
import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A project of machines with driver {@code ssh}, whose servers run in this process. Each machine
 * has a folder of its own with a file {@code witness}, where every start of its script leaves a
 * line, and with doors at which the script waits until the test opens them.
 */
final class SshMachines implements AutoCloseable {
  private final CastraProject project;
  private final SshIdentity client = SshKeys.generate("castra");
  private final Map<String, SshGuestServer> servers = new LinkedHashMap<>();

  private SshMachines(CastraProject project) {
    this.project = project;
  }

  /** Machines that run, described in castra.toml; their scripts are still to be written. */
  static SshMachines create(List<String> names) throws IOException {
    SshMachines machines = new SshMachines(CastraProject.create());
    machines.project.file("id", machines.client.privateKeyText());
    StringBuilder toml = new StringBuilder();
    for (String vm : names) {
      Files.createDirectories(machines.folder(vm));
      machines.servers.put(vm, SshGuestServer.start(machines.client));
      toml.append(machines.entry(vm));
    }
    machines.project.file("castra.toml", toml.toString());
    return machines;
  }

  /** A machine is verified once its script has run and the door {@code verified} is open. */
  private String entry(String vm) {
    return """
    [[vms]]
    name = "%s"
    driver = "ssh"
    [vms.ssh]
    host = "127.0.0.1"
    port = %d
    identity_file = "id"
    [vms.bootstrap]
    remote_dir = "%s/castra"
    verify_command = '%s; [ -s %s/witness ]'
    """
        .formatted(
            vm,
            Objects.requireNonNull(servers.get(vm)).port(),
            folder(vm),
            waiting(vm, "verified"),
            folder(vm));
  }

  CastraProject project() {
    return project;
  }

  /** What the machine may use as its own. */
  Path folder(String vm) {
    return project.directory().resolve("machines").resolve(vm);
  }

  /** Gives the machine a script that says that it has begun, then does this. */
  SshMachines script(String vm, String body) {
    project.script(vm, "echo \"$CASTRA_RUN_ID\" >>" + folder(vm) + "/witness\n" + body);
    return this;
  }

  /** Shell command that waits until the test opens this door. */
  String waiting(String vm, String door) {
    return "until [ -e " + folder(vm).resolve(door) + " ]; do sleep 0.05; done";
  }

  void open(String vm, String door) throws IOException {
    Path file = folder(vm).resolve(door);
    if (Files.notExists(file)) {
      Files.createFile(file);
    }
  }

  /** Runs whose scripts have begun on the machine, in that order. */
  List<String> witness(String vm) throws IOException {
    Path witness = folder(vm).resolve("witness");
    return Files.exists(witness) ? Files.readAllLines(witness) : List.of();
  }

  /** Blocks until so many scripts have begun. */
  void awaitScripts(String vm, int count) throws InterruptedException {
    Host.await(count + " scripts on " + vm, () -> scripts(vm) >= count);
  }

  private int scripts(String vm) {
    try {
      return witness(vm).size();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    servers.values().forEach(SshGuestServer::close);
    Path all = folder("any").resolveSibling("");
    Host.await("the end of all scripts", () -> !Host.isNamedByAnyProcess(all));
    project.close();
  }
}
