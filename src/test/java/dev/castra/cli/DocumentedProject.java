package dev.castra.cli;

import dev.castra.guest.SshGuestServer;
import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import dev.castra.process.JavaChild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The project of the documentation's examples: its machines are SSH servers in this process, and
 * what castra says about it is shown as if it lay in a home folder.
 */
final class DocumentedProject implements AutoCloseable {
  private static final String SHOWN = "/home/me/shop";
  private static final String KERNEL = "Linux 6.1.0-56-cloud-amd64 x86_64";

  /** More than the path of any temporary folder. */
  private static final int LENGTH = 120;

  private final Path root;
  private final Path directory;
  private final SshIdentity client = SshKeys.generate("castra");
  private final Map<String, SshGuestServer> guests = new LinkedHashMap<>();
  private final Map<String, String> settings = new LinkedHashMap<>();

  DocumentedProject(Path folder) throws IOException {
    root = ofFixedLength(folder.toRealPath());
    directory = Files.createDirectories(root.resolve("shop"));
    file("keys/deploy", client.privateKeyText());
  }

  /** Paths stand in files whose sizes the examples tell. */
  private static Path ofFixedLength(Path folder) {
    return folder.resolve("x".repeat(LENGTH - 1 - folder.toString().length()));
  }

  /** A machine that runs. */
  SshGuestServer add(String vm) throws IOException {
    SshGuestServer guest = SshGuestServer.start(client);
    guests.put(vm, guest);
    Files.createDirectories(machine(vm).resolve("srv/shop"));
    return guest;
  }

  /** Lines of the VM's {@code [vms.bootstrap]} table. */
  DocumentedProject set(String vm, String lines) {
    settings.put(vm, lines);
    return this;
  }

  /** The folder that stands for the root of the machine's file system. */
  Path machine(String vm) {
    return root.resolve("machines").resolve(vm);
  }

  DocumentedProject file(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, content);
    return this;
  }

  /** Writes castra.toml for all machines. */
  String config() throws IOException {
    StringBuilder toml = new StringBuilder();
    guests.forEach((vm, guest) -> toml.append(entry(vm, guest)));
    file("castra.toml", toml.toString());
    return shown(toml.toString());
  }

  private String entry(String vm, SshGuestServer guest) {
    return """
    [[vms]]
    name = "%s"
    driver = "ssh"

    [vms.ssh]
    host = "127.0.0.1"
    port = %d
    identity_file = "keys/deploy"

    [vms.bootstrap]
    remote_dir = "%s"
    %s
    """
        .formatted(
            vm,
            guest.port(),
            machine(vm).resolve("var/lib/castra"),
            settings.getOrDefault(vm, "").stripTrailing());
  }

  CliRun castra(String... arguments) {
    return CliRun.castra(inProject(arguments));
  }

  /** The same in a process of its own. */
  JavaChild child(String... arguments) throws IOException {
    return JavaChild.start(Main.class, inProject(arguments));
  }

  private String[] inProject(String... arguments) {
    return Stream.concat(Arrays.stream(arguments), Stream.of("--config", directory.toString()))
        .toArray(String[]::new);
  }

  /** The end of a run as the durable log tells it. */
  String log(String vm, long run, String suffix) throws IOException {
    Path logs = directory.resolve(".castra/logs/bootstrap").resolve(vm);
    return shown(Files.readString(logs.resolve(run + suffix)));
  }

  Path stateRoot() {
    return directory.resolve(".castra");
  }

  /** With the places and addresses of the story instead of those of this test. */
  String shown(String text) {
    String shown = text.replace(" --config " + directory, "");
    int address = 7;
    for (Map.Entry<String, SshGuestServer> guest : guests.entrySet()) {
      String port = Integer.toString(guest.getValue().port());
      String host = "10.0.0." + address++;
      shown =
          shown
              .replace("127.0.0.1:" + port, host + ":22")
              .replace("host = \"127.0.0.1\"\nport = " + port, "host = \"" + host + "\"")
              .replace(machine(guest.getKey()).toString(), "");
    }
    return shown.replace(directory.toString(), SHOWN).replaceAll("Linux \\S+ \\w+", KERNEL);
  }

  @Override
  public void close() {
    guests.values().forEach(SshGuestServer::close);
  }
}
