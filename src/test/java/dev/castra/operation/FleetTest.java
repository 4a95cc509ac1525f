package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.CastraEvent;
import dev.castra.event.Outcome;
import dev.castra.event.RecordedEvent;
import dev.castra.guest.SshGuestServer;
import dev.castra.guest.SshKeys;
import dev.castra.it.Records;
import dev.castra.process.Deadline;
import dev.castra.process.Ticker;
import dev.castra.run.OutcomeStatus;
import dev.castra.vm.VmName;
import dev.castra.vm.VmState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two hundred machines at once, some of which fail in all the ways a machine can. */
@Timeout(300)
final class FleetTest {
  private static final int SIZE = 200;
  private static final String HANGING = "vm-77";
  private static final Duration LIMIT = Duration.ofSeconds(200);

  /** What becomes of a machine's first bootstrap, and the events that tell of it. */
  private enum Fate {
    BOOTSTRAPPED(OutcomeStatus.Success, "P M S H 1 2 3 4 5 C"),
    FORCED(OutcomeStatus.Success, "P M S H 1 2 3 4 5 C"),
    CUT_OFF_IN_APPLY(OutcomeStatus.Success, "P M S H 1 2 3 4 5 C"),
    HANGING(OutcomeStatus.Success, "P M S H 1 2 3 4 5 C"),
    NOT_WANTED(OutcomeStatus.Skipped, "P M H C"),
    SCRIPT_FAILS(OutcomeStatus.Failed, "P M S H 1 2 3 4 F"),
    UNVERIFIED(OutcomeStatus.Failed, "P M S H 1 2 3 4 5 F"),
    LOGIN_REFUSED(OutcomeStatus.Failed, "P S 1 F"),
    IMPOSTOR(OutcomeStatus.Failed, "P S 1 F");

    private final OutcomeStatus outcome;
    private final String events;

    Fate(OutcomeStatus outcome, String events) {
      this.outcome = outcome;
      this.events = events;
    }

    boolean hasRun() {
      return this != NOT_WANTED;
    }
  }

  private final Map<String, Fate> fates = new LinkedHashMap<>();
  private SshProject project;

  @BeforeEach
  void open(@TempDir Path folder) throws IOException {
    project = new SshProject(folder);
  }

  @AfterEach
  void close() {
    fates.keySet().parallelStream().map(project::guest).forEach(SshGuestServer::close);
  }

  @Test
  void everyMachineHasItsOwnFateAndDelaysNoOther() throws Exception {
    Random random = new Random(20260102);
    for (int i = 0; i < SIZE; i++) {
      add("vm-" + i, random.nextInt(10));
    }

    FutureTask<Up.Result> up = new FutureTask<>(() -> project.up());
    Thread thread = new Thread(up, "fleet-up");
    thread.setDaemon(true);
    thread.start();
    cutOff();
    await("the end of all but one", () -> machinesThatEnded() == SIZE - 1);
    assertThat(up.isDone()).isFalse();
    assertThat(project.status(HANGING).state()).isEqualTo(VmState.BOOTSTRAPPING);
    letGo(HANGING);
    Up.Result result = up.get();

    assertThat(result.outcomes())
        .extracting(outcome -> outcome.vm().value())
        .containsExactlyElementsOf(fates.keySet());
    for (Outcome outcome : result.outcomes()) {
      Fate fate = fate(outcome.vm().value());
      assertThat(outcome.status()).as("%s: %s", fate, outcome).isEqualTo(fate.outcome);
    }
    assertThat(result.exitCode()).isEqualTo(70);
    fates.forEach(
        (vm, fate) -> assertThat(story(vm)).as("%s of fate %s", vm, fate).isEqualTo(fate.events));
    assertRuns();
  }

  private void add(String vm, int dice) throws IOException {
    Fate fate = vm.equals(HANGING) ? Fate.HANGING : fate(dice);
    fates.put(vm, fate);
    SshGuestServer guest = project.add(vm);
    Path machine = Files.createDirectories(project.machine(vm));
    String lines = "handshake_timeout_secs = 120\n";
    String script = "true\n";
    switch (fate) {
      case FORCED -> lines += "mode = \"always\"\n";
      case NOT_WANTED -> lines += "mode = \"disabled\"\n";
      case UNVERIFIED -> lines += "verify_path = \"/no/such/file\"\n";
      case SCRIPT_FAILS -> script = "exit 3\n";
      case LOGIN_REFUSED -> {
        guest.refuseAuth(true);
        lines = "handshake_timeout_secs = 2\n";
      }
      case IMPOSTOR ->
          project.setSsh(vm, "host_key = \"" + SshKeys.generate("another").publicKeyLine() + "\"");
      case CUT_OFF_IN_APPLY, HANGING ->
          script = "mkfifo %1$s/gate; : >%1$s/waits; read -r word <>%1$s/gate\n".formatted(machine);
      case BOOTSTRAPPED -> script = "echo done\n";
    }
    project.set(vm, lines);
    project.script(vm, script);
  }

  private Fate fate(String vm) {
    return Objects.requireNonNull(fates.get(vm), vm);
  }

  private static Fate fate(int dice) {
    return switch (dice) {
      case 0 -> Fate.FORCED;
      case 1 -> Fate.NOT_WANTED;
      case 2 -> Fate.SCRIPT_FAILS;
      case 3 -> Fate.UNVERIFIED;
      case 4 -> Fate.LOGIN_REFUSED;
      case 5 -> Fate.IMPOSTOR;
      case 6 -> Fate.CUT_OFF_IN_APPLY;
      default -> Fate.BOOTSTRAPPED;
    };
  }

  private List<String> machines(Fate fate) {
    return fates.keySet().stream().filter(vm -> fate(vm) == fate).toList();
  }

  /** As soon as its script waits, a machine to be cut off is cut off, then the script goes on. */
  private void cutOff() throws Exception {
    List<String> left = new ArrayList<>(machines(Fate.CUT_OFF_IN_APPLY));
    assertThat(left).isNotEmpty();
    while (!left.isEmpty()) {
      await("a script that waits on one of " + left, () -> left.stream().anyMatch(this::waits));
      String vm = left.stream().filter(this::waits).findFirst().orElseThrow();
      project.guest(vm).dropConnections();
      letGo(vm);
      left.remove(vm);
      // Answered from the database whatever is going on.
      assertThat(project.status(vm).vm()).isEqualTo(new VmName(vm));
    }
  }

  private boolean waits(String vm) {
    return Files.exists(project.machine(vm).resolve("waits"));
  }

  private void letGo(String vm) throws IOException {
    Path gate = project.machine(vm).resolve("gate");
    try (RandomAccessFile writer = new RandomAccessFile(gate.toFile(), "rw")) {
      writer.write("go\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  private long machinesThatEnded() {
    return project.events.stream()
        .map(RecordedEvent::event)
        .filter(
            event ->
                event instanceof CastraEvent.BootstrapCompleted
                    || event instanceof CastraEvent.BootstrapFailed)
        .count();
  }

  /** The machine's events in their order, a letter or the step's number each. */
  private String story(String vm) {
    StringBuilder story = new StringBuilder();
    for (RecordedEvent recorded : project.events) {
      if (recorded.event().vm().equals(Optional.of(new VmName(vm)))) {
        story.append(letter(recorded.event()));
      }
    }
    return story.toString().strip();
  }

  private static String letter(CastraEvent event) {
    if (event instanceof CastraEvent.BootstrapStep step) {
      return " " + (step.step().step().ordinal() + 1);
    }
    return switch (event.type()) {
      case "BootstrapPlanned" -> " P";
      case "MachinePinned" -> " M";
      case "BootstrapStarted" -> " S";
      case "HandshakeCompleted" -> " H";
      case "BootstrapCompleted" -> " C";
      case "BootstrapFailed" -> " F";
      case "VmFailed" -> " V";
      default -> "";
    };
  }

  /** One row, one end and one pair of log files for every machine that was to have a run. */
  private void assertRuns() throws Exception {
    Path database = project.directory.resolve(".castra/db/castra");
    try (Records.Reading reading = new Records(database).read()) {
      List<String> rows =
          reading.rows("SELECT vm, status, COUNT(*) AS runs FROM runs GROUP BY vm, status").stream()
              .map(row -> row.get("vm") + " " + row.get("status") + " " + row.get("runs"))
              .toList();
      assertThat(rows)
          .containsExactlyInAnyOrderElementsOf(
              fates.keySet().stream()
                  .filter(vm -> fate(vm).hasRun())
                  .map(vm -> vm + (succeeds(vm) ? " success 1" : " failed 1"))
                  .toList());
      assertThat(reading.rows("SELECT vm FROM stamps"))
          .extracting(row -> row.get("vm"))
          .containsExactlyInAnyOrderElementsOf(
              fates.keySet().stream().filter(this::succeeds).toList());
    }
  }

  private boolean succeeds(String vm) {
    return fate(vm).outcome == OutcomeStatus.Success;
  }

  private static void await(String what, BooleanSupplier condition) throws Exception {
    Deadline deadline = Deadline.after(Ticker.system(), LIMIT);
    while (!condition.getAsBoolean()) {
      assertThat(deadline.passed()).as("waited in vain for %s", what).isFalse();
      Ticker.system().sleep(Duration.ofMillis(20));
    }
  }
}
