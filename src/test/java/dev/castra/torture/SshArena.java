package dev.castra.torture;

import dev.castra.guest.SshIdentity;
import dev.castra.guest.SshKeys;
import dev.castra.it.CastraProject;
import dev.castra.it.Host;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Machines with driver {@code ssh}, whose servers run in this process. */
final class SshArena implements Arena {
  private static final List<String> NAMES = List.of("web", "api", "db");

  static final int MOST_MACHINES = NAMES.size();

  private final List<String> names;
  private final CastraProject project;
  private final List<SshMachine> machines = new ArrayList<>();
  private final Inputs inputs;

  private SshArena(CastraProject project, int machineCount) throws Exception {
    this.project = project;
    this.names = NAMES.subList(0, machineCount);
    SshIdentity client = SshKeys.generate("castra");
    project.file("id", client.privateKeyText());
    for (String name : names) {
      machines.add(
          SshMachine.start(name, project.directory().resolve("machines").resolve(name), client));
    }
    this.inputs = new Inputs(project, names);
    configure();
  }

  static SshArena create(int machineCount) throws Exception {
    CastraProject project = CastraProject.create();
    try {
      return new SshArena(project, machineCount);
    } catch (Exception e) {
      project.close();
      throw e;
    }
  }

  private void configure() {
    StringBuilder toml = new StringBuilder("[project]\nname = \"torture\"\n");
    machines.forEach(machine -> toml.append(entry(machine)));
    project.file("castra.toml", toml.toString());
  }

  private String entry(SshMachine machine) {
    return """
    [[vms]]
    name = "%s"
    driver = "ssh"
    [vms.ssh]
    host = "127.0.0.1"
    port = %d
    identity_file = "id"
    [vms.bootstrap]
    handshake_timeout_secs = 30
    apply_timeout_secs = 4
    remote_dir = "%s"
    verify_command = "%s"
    %s
    """
        .formatted(
            machine.name(),
            machine.server().port(),
            machine.remoteDir(),
            Script.VERIFY,
            inputs.env(machine.name(), machine.folder().toString()));
  }

  @Override
  public CastraProject project() {
    return project;
  }

  @Override
  public List<String> vms() {
    return names;
  }

  @Override
  public Command command(Random random) {
    List<SshMachine> reinstalled = machines.stream().filter(machine -> !machine.trusted()).toList();
    if (!reinstalled.isEmpty() && random.nextInt(3) == 0) {
      return Command.trust(reinstalled.get(0).name());
    }
    return random.nextInt(25) == 0 ? Command.down() : Command.random(random, names);
  }

  @Override
  public List<String> vary(Random random) throws IOException {
    List<String> changes = new ArrayList<>();
    if (random.nextInt(100) < 55) {
      changes.add(inputs.changePayload(random));
    }
    if (random.nextInt(100) < 15) {
      changes.add(inputs.changeEnv(random));
      configure();
    }
    for (SshMachine machine : machines) {
      Script.Mood mood = mood(random);
      machine.mood(mood);
      if (mood != Script.Mood.OK) {
        changes.add(machine.name() + " " + mood.id());
      }
      if (random.nextInt(3) == 0) {
        machine.release();
      }
    }
    return changes;
  }

  void failEverywhere() throws IOException {
    for (SshMachine machine : machines) {
      machine.mood(Script.Mood.FAIL);
    }
  }

  /** Mostly well; a stuck script costs its whole time limit. */
  private static Script.Mood mood(Random random) {
    int dice = random.nextInt(100);
    if (dice < 72) {
      return Script.Mood.OK;
    }
    if (dice < 75) {
      return Script.Mood.STUCK;
    }
    return Script.Mood.values()[1 + random.nextInt(Script.Mood.values().length - 2)];
  }

  @Override
  public Trouble trouble(Random random, int processes) {
    int process = random.nextInt(processes);
    SshMachine machine = machines.get(random.nextInt(machines.size()));
    Moment moment = Moment.random(random, 1_500);
    int pause = 100 + random.nextInt(900);
    Kind kind = kind(random);
    Trouble.Strike strike =
        switch (kind) {
          case CUT_CONNECTIONS -> castra -> machine.cutConnections();
          case STOP_GUEST -> castra -> machine.stopFor(pause);
          case REFUSE_LOGIN -> castra -> machine.refuseLoginFor(pause);
          case NEW_HOST_KEY -> castra -> machine.changeHostKey();
          case CHANGE_INPUT -> castra -> inputs.changePayload(new Random(pause));
          default -> CastraTrouble.of(kind, pause);
        };
    boolean onCastra = CastraTrouble.KINDS.contains(kind);
    String target = onCastra || kind == Kind.CHANGE_INPUT ? "castra" : machine.name();
    return new Trouble(kind, process, target, moment, strike);
  }

  private static Kind kind(Random random) {
    int dice = random.nextInt(100);
    if (dice < 40) {
      return Kind.KILL_CASTRA;
    }
    if (dice < 54) {
      return Kind.INTERRUPT_CASTRA;
    }
    if (dice < 58) {
      return Kind.INTERRUPT_TWICE;
    }
    if (dice < 62) {
      return Kind.PAUSE_CASTRA;
    }
    if (dice < 80) {
      return Kind.CUT_CONNECTIONS;
    }
    if (dice < 85) {
      return Kind.STOP_GUEST;
    }
    if (dice < 91) {
      return Kind.REFUSE_LOGIN;
    }
    return dice < 96 ? Kind.CHANGE_INPUT : Kind.NEW_HOST_KEY;
  }

  @Override
  public void calm() {}

  @Override
  public List<Command> heal() throws IOException {
    List<Command> commands = new ArrayList<>();
    for (SshMachine machine : machines) {
      machine.mood(Script.Mood.OK);
      machine.release();
      if (!machine.trusted()) {
        commands.add(Command.trust(machine.name()));
        machine.trust();
      }
    }
    return commands;
  }

  @Override
  public Optional<List<String>> witness(String vm) throws IOException {
    return Optional.of(machines.get(names.indexOf(vm)).witness());
  }

  @Override
  public void keep() {
    project.keep();
  }

  @Override
  public void close() throws Exception {
    machines.forEach(SshMachine::close);
    for (SshMachine machine : machines) {
      Host.await("the end of its scripts", () -> !Host.isNamedByAnyProcess(machine.folder()));
    }
    project.close();
  }
}
