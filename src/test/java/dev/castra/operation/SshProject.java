package dev.castra.operation;

import dev.castra.bootstrap.Overrides;
import dev.castra.contract.Schemas;
import dev.castra.event.CastraEvent;
import dev.castra.event.Json;
import dev.castra.event.RecordedEvent;
import dev.castra.guest.SshGuestServer;
import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import dev.castra.process.Ticker;
import dev.castra.project.Project;
import dev.castra.project.ProjectLoader;
import dev.castra.store.StatusReader;
import dev.castra.vm.VmName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;

/** A project whose machines are SSH servers in this process; commands run as in the real thing. */
final class SshProject implements AutoCloseable {
  static final CommandLineInfo COMMAND = new CommandLineInfo("castra test", "0");

  final Path directory;
  final SshIdentity client = SshKeys.generate("castra");
  final List<RecordedEvent> events = new CopyOnWriteArrayList<>();
  final Cancellation cancellation = new Cancellation();
  private final Map<String, SshGuestServer> guests = new LinkedHashMap<>();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Map<String, String> sshSettings = new LinkedHashMap<>();
  private final Map<String, String> hosts = new LinkedHashMap<>();

  SshProject(Path directory) throws IOException {
    this.directory = directory.toRealPath();
    Files.writeString(directory.resolve("id"), client.privateKeyText());
  }

  /** A machine of that name, running. */
  SshGuestServer add(String vm) {
    SshGuestServer guest = SshGuestServer.start(client);
    add(vm, guest);
    return guest;
  }

  /** Another name for a machine. */
  void add(String vm, SshGuestServer guest) {
    guests.put(vm, guest);
  }

  /** Lines of the VM's {@code [vms.bootstrap]} table. */
  void set(String vm, String lines) {
    settings.put(vm, lines);
  }

  /** Lines of the VM's {@code [vms.ssh]} table. */
  void setSsh(String vm, String lines) {
    sshSettings.put(vm, lines);
  }

  /** Instead of this machine's address. */
  void setHost(String vm, String host) {
    hosts.put(vm, host);
  }

  void script(String vm, String text) throws IOException {
    Path file = directory.resolve("bootstrap").resolve(vm).resolve("run.sh");
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  Path payload(String vm, String name, String content) throws IOException {
    Path file = directory.resolve("bootstrap").resolve(vm).resolve("payload").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  Project load() throws IOException {
    StringBuilder toml = new StringBuilder("[project]\nname = \"fleet\"\n");
    guests.forEach((vm, guest) -> toml.append(entry(vm, guest)));
    return ProjectLoader.load(Files.writeString(directory.resolve("castra.toml"), toml));
  }

  private String entry(String vm, SshGuestServer guest) {
    return """
    [[vms]]
    name = "%s"
    driver = "ssh"
    [vms.ssh]
    host = "%s"
    port = %d
    identity_file = "id"
    %s
    [vms.bootstrap]
    remote_dir = "%s"
    %s
    """
        .formatted(
            vm,
            hosts.getOrDefault(vm, "127.0.0.1"),
            guest.port(),
            sshSettings.getOrDefault(vm, ""),
            machine(vm).resolve("castra"),
            settings.getOrDefault(vm, "handshake_timeout_secs = 60"));
  }

  /** The folder that the machine's script may use as its own. */
  Path machine(String vm) {
    return directory.resolve("machines").resolve(vm);
  }

  Up.Result up(String... overrides) throws IOException, InterruptedException {
    return up(
        new Up.Options(
            Overrides.parse(Arrays.asList(overrides)),
            false,
            List.of(),
            true,
            OptionalInt.empty()));
  }

  Up.Result up(Up.Options options) throws IOException, InterruptedException {
    events.clear();
    Project project = load();
    try {
      return new Up(project, Host.real(), options, cancellation).run(COMMAND, events::add);
    } finally {
      events.forEach(event -> Schemas.valid(Json.compact(event.fields())));
      Schemas.validRunLogs(project.stateRoot().path());
    }
  }

  <E extends CastraEvent> List<E> told(Class<E> type, String vm) {
    return events.stream()
        .map(RecordedEvent::event)
        .filter(type::isInstance)
        .map(type::cast)
        .filter(event -> event.vm().equals(java.util.Optional.of(new VmName(vm))))
        .toList();
  }

  StatusReport.Vm status(String vm) throws IOException {
    Project project = load();
    StatusReport report =
        new Status(project.stateRoot(), Clock.systemUTC())
            .of(
                project.name(),
                project.vms(),
                new StatusReader(project.stateRoot(), Ticker.system()).read());
    Schemas.valid(Json.compact(report.fields()));
    return report.vms().stream()
        .filter(found -> found.vm().value().equals(vm))
        .findFirst()
        .orElseThrow();
  }

  SshGuestServer guest(String vm) {
    return Objects.requireNonNull(guests.get(vm), vm);
  }

  @Override
  public void close() {
    guests.values().forEach(SshGuestServer::close);
  }
}
