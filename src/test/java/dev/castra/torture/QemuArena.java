package dev.castra.torture;

import dev.castra.guest.GuestSession;
import dev.castra.guest.Guests;
import dev.castra.guest.HandshakeResult;
import dev.castra.guest.HostKeyPolicy;
import dev.castra.guest.Liveness;
import dev.castra.guest.RemoteCommand;
import dev.castra.guest.SshEndpoint;
import dev.castra.guest.SshKeys;
import dev.castra.it.CastraProject;
import dev.castra.it.Host;
import dev.castra.it.Records;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** One VM with the tiny guest. */
final class QemuArena implements Arena {
  private static final String VM = "vm";
  private static final String MACHINE = "/root/torture";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final List<Script.Mood> MOODS =
      List.of(
          Script.Mood.OK,
          Script.Mood.OK,
          Script.Mood.OK,
          Script.Mood.SLOW,
          Script.Mood.FAIL,
          Script.Mood.DIE,
          Script.Mood.NOISY,
          Script.Mood.NOOP);

  private final CastraProject project;
  private final Inputs inputs;

  private QemuArena(CastraProject project) {
    this.project = project;
    this.inputs = new Inputs(project, List.of(VM));
    // What a script says it did must survive the loss of the guest's memory.
    project.file("bootstrap/vm/payload/sync", "");
    configure();
  }

  static QemuArena create() throws Exception {
    return new QemuArena(CastraProject.withGuest());
  }

  private void configure() {
    project.config(
        """
        [[vms]]
        name = "vm"
        [vms.bootstrap]
        handshake_timeout_secs = 120
        apply_timeout_secs = 60
        verify_command = "%s"
        %s
        """
            .formatted(Script.VERIFY, inputs.env(VM, MACHINE)));
  }

  @Override
  public CastraProject project() {
    return project;
  }

  @Override
  public List<String> vms() {
    return List.of(VM);
  }

  @Override
  public Command command(Random random) {
    return Command.random(random, vms());
  }

  @Override
  public List<String> vary(Random random) {
    List<String> changes = new ArrayList<>();
    if (random.nextInt(100) < 60) {
      changes.add(inputs.changePayload(random));
    }
    if (random.nextInt(100) < 15) {
      changes.add(inputs.changeEnv(random));
      configure();
    }
    Script.Mood mood = MOODS.get(random.nextInt(MOODS.size()));
    project.file("bootstrap/vm/payload/mood", mood.id() + "\n");
    changes.add(mood.id());
    return changes;
  }

  @Override
  public Trouble trouble(Random random, int processes) {
    int process = random.nextInt(processes);
    Moment moment = Moment.random(random, 12_000);
    int pause = 100 + random.nextInt(900);
    int dice = random.nextInt(10);
    Kind kind =
        dice < 4
            ? Kind.KILL_QEMU
            : dice < 7 ? Kind.KILL_CASTRA : dice < 9 ? Kind.INTERRUPT_CASTRA : Kind.DOWN;
    Trouble.Strike strike =
        switch (kind) {
          case KILL_QEMU -> castra -> killQemu();
          case DOWN -> castra -> project.startWith(List.of(), "down").end().exitsWith(0);
          default -> CastraTrouble.of(kind, pause);
        };
    return new Trouble(kind, process, kind == Kind.KILL_QEMU ? VM : "castra", moment, strike);
  }

  /** Nothing but this project's QEMU has its folder on the command line. */
  private void killQemu() throws Exception {
    for (long pid : Host.processesNaming(project.stateRoot())) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Override
  public void calm() {}

  @Override
  public List<Command> heal() {
    project.file("bootstrap/vm/payload/mood", "ok\n");
    return List.of();
  }

  @Override
  public Optional<List<String>> witness(String vm) throws Exception {
    Optional<Integer> port = port();
    if (port.isEmpty() || Host.processesNaming(project.stateRoot()).isEmpty()) {
      return Optional.empty();
    }
    Liveness always = Optional::empty;
    try (Guests guests = new Guests(Ticker.system())) {
      HandshakeResult result =
          guests.awaitHandshake(
              new SshEndpoint("127.0.0.1", port.get(), "root"),
              SshKeys.load(project.stateRoot().resolve("keys/id_ed25519"), "castra"),
              HostKeyPolicy.unknown(VM, key -> Optional.empty()),
              Deadline.after(Ticker.system(), LIMIT),
              always);
      if (result instanceof HandshakeResult.Shaken shaken) {
        try (GuestSession session = shaken.session()) {
          return Optional.of(
              session
                  .exec(RemoteCommand.script("cat \"$1\" 2>/dev/null", MACHINE + "/witness"), LIMIT)
                  .stdout()
                  .lines()
                  .toList());
        }
      }
      return Optional.empty();
    }
  }

  private Optional<Integer> port() throws Exception {
    try (Records.Reading reading = project.records().read()) {
      List<Records.Row> ports =
          reading.rows("SELECT host_port FROM port_forwards WHERE guest_port = 22");
      return ports.stream().map(row -> Integer.parseInt(row.get("host_port"))).findFirst();
    }
  }

  @Override
  public void keep() {
    project.keep();
  }

  @Override
  public void close() throws Exception {
    project.close();
  }
}
