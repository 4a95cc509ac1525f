package dev.castra.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.bootstrap.Overrides;
import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import dev.castra.event.Outcome;
import dev.castra.guest.SshKeys;
import dev.castra.run.OutcomeStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plan says is what the next {@code up} then does, for the same reason. */
final class PlanTest {
  @TempDir Path folder;

  private SshProject project;

  @BeforeEach
  void open() throws IOException {
    project = new SshProject(folder);
    project.add("web");
    project.add("db");
    project.script("web", "[ ! -e '" + folder + "/broken' ]\n");
    project.script("db", "true\n");
  }

  @AfterEach
  void close() {
    project.close();
  }

  private List<String> plan(String... overrides) throws IOException, InterruptedException {
    return new Plan(project.load(), Host.real())
        .of(Overrides.parse(Arrays.asList(overrides)), List.of()).stream()
            .map(entry -> entry.vm() + " " + entry.next().action() + ": " + entry.next().reason())
            .toList();
  }

  /** Runs an {@code up} that must do what was planned. */
  private void upAsPlanned(String... overrides) throws IOException, InterruptedException {
    List<String> planned = plan(overrides);
    List<String> done =
        project.up(overrides).outcomes().stream()
            .map(outcome -> outcome.vm() + " " + action(outcome) + ": " + outcome.reason())
            .toList();
    assertThat(done).isEqualTo(planned);
  }

  private static String action(Outcome outcome) {
    return outcome.status() == OutcomeStatus.NoOp
        ? "noop"
        : outcome.status() == OutcomeStatus.Skipped ? "skip" : "run";
  }

  @Test
  void comesTrueAtEveryTurn() throws IOException, InterruptedException {
    assertThat(plan()).containsExactly("web run: the machine is new", "db run: the machine is new");
    upAsPlanned();
    assertThat(plan()).allMatch(line -> line.contains(" noop: unchanged since run "));
    upAsPlanned();
    upAsPlanned("disabled,web=always");

    project.payload("web", "app.env", "one");
    upAsPlanned();
    project.set("db", "env = { TOKEN = \"first\" }");
    upAsPlanned();
    project.set("db", "env = { TOKEN = \"second\" }");
    assertThat(plan().get(1)).contains("env `TOKEN` changed").doesNotContain("second");
    upAsPlanned();

    Files.createFile(folder.resolve("broken"));
    upAsPlanned("web=always");
    assertThat(plan().get(0)).contains("failed at `apply`");
    upAsPlanned();
    Files.delete(folder.resolve("broken"));
    upAsPlanned();
  }

  @Test
  void knowsNothingOfAReinstalledMachineAndSaysSoAfterItsKeyWasChanged()
      throws IOException, InterruptedException {
    project.up();
    project.guest("web").restartWith(SshKeys.generate("reinstalled"));
    assertThat(plan().get(0)).startsWith("web noop: unchanged since run ");

    project.setSsh("web", "host_key = \"" + project.guest("web").hostKey().publicKeyLine() + "\"");
    assertThat(plan().get(0)).isEqualTo("web run: the machine's SSH host key changed");
    upAsPlanned();
  }

  @Test
  void changesNothingAndMeetsNoGuest() throws IOException, InterruptedException {
    plan();
    assertThat(folder.resolve(".castra")).doesNotExist();
    project.up();
    Map<String, String> before = tree();
    int connections = project.guest("web").connections();

    plan();
    plan("always");

    assertThat(tree()).isEqualTo(before);
    assertThat(project.guest("web").connections()).isEqualTo(connections);
  }

  private Map<String, String> tree() throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        tree.put(file.toString(), Files.getLastModifiedTime(file) + " " + Files.size(file));
      }
    }
    tree.remove(folder.resolve("castra.toml").toString());
    return tree;
  }

  @Test
  void namesAnErrorOfOneVmAndStillAnswersForTheOthers() throws IOException, InterruptedException {
    project.set("web", "script = \"missing.sh\"");

    List<Plan.Entry> plan =
        new Plan(project.load(), Host.real()).of(Overrides.parse(List.of()), List.of());

    assertThat(plan.get(0).isError()).isTrue();
    assertThat(plan.get(0).next().reason()).contains("missing.sh");
    assertThat(plan.get(0).next().hint()).isPresent();
    assertThat(plan.get(1).next().action()).isEqualTo("run");
  }

  @Test
  void looksAtABaseImageOnceHoweverManyVmsAreMadeFromIt() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path looks = folder.resolve("looks");
    Path real = dev.castra.process.Command.find("qemu-img", System.getenv("PATH")).orElseThrow();
    Path wrapper =
        Files.writeString(
            bin.resolve("qemu-img"),
            "#!/bin/sh\necho look >>" + looks + "\nexec " + real + " \"$@\"\n");
    Files.setPosixFilePermissions(
        wrapper, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    Path fleet = Files.createDirectory(folder.resolve("fleet"));
    RecordedProject images = new RecordedProject(fleet);
    Host host =
        new Host(
            Map.of("PATH", bin + ":" + System.getenv("PATH")),
            Host.real().clock(),
            Host.real().ticker());

    assertThat(new Plan(images.load(), host).of(Overrides.parse(List.of()), List.of()))
        .extracting(entry -> entry.next().action())
        .containsExactly("run", "run");
    assertThat(Files.readAllLines(looks)).hasSize(1);
  }

  @Test
  void refusesContradictionsAndUnknownNames() {
    assertThatThrownBy(() -> plan("web=always", "web=disabled", "nobody=auto"))
        .isInstanceOfSatisfying(
            CastraException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.PREFLIGHT_FAILED))
        .hasMessageContaining("conflicting")
        .hasMessageContaining("nobody");
  }
}
