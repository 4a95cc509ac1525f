package dev.castra.cli;

import static dev.castra.cli.CliRun.castra;
import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.event.JsonText;
import dev.castra.guest.SshKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ends with which exit code, and what stands on which stream then. */
final class ExitCodeTest {
  @TempDir Path folder;
  private String config = "";

  @BeforeEach
  void writeConfig() throws IOException {
    config = write("[[vms]]\nname = \"web\"\n");
  }

  private String write(String toml) throws IOException {
    return Files.writeString(folder.resolve("castra.toml"), toml).toString();
  }

  /** Every command with enough to be run, and its machine-readable form where it has one. */
  static Stream<List<String>> commands() {
    List<List<String>> commands = new ArrayList<>();
    CliRun.parser()
        .getSubcommands()
        .forEach(
            (name, command) -> {
              List<String> call = new ArrayList<>(List.of(name));
              if (command.getCommand() instanceof Runnable) {
                // It only tells of its subcommands.
                call.add(command.getSubcommands().keySet().iterator().next());
              }
              boolean needsVm =
                  command.getCommandSpec().positionalParameters().stream()
                      .anyMatch(parameter -> parameter.arity().min() > 0);
              if (needsVm) {
                call.add("web");
              }
              if (name.equals("timeline")) {
                call.addAll(List.of("--html", "-"));
              }
              commands.add(call);
              if (command.getCommandSpec().findOption("--json") != null) {
                commands.add(Stream.concat(call.stream(), Stream.of("--json")).toList());
              }
            });
    return commands.stream();
  }

  private static CliRun castraWith(List<String> command, String... more) {
    return castra(Stream.concat(command.stream(), Stream.of(more)).toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aMissingConfigurationIs66(List<String> command) {
    Path missing = folder.resolve("nowhere.toml");
    castraWith(command, "--config", missing.toString())
        .isRefused(66, "`" + missing + "` does not exist.");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aWrongConfigurationIs65(List<String> command) throws IOException {
    String wrong = write("[[vms]]\nname = \"web\"\nmemroy = \"1 GiB\"\n");
    CliRun run = castraWith(command, "--config", wrong);

    assertThat(run.exitCode()).isEqualTo(65);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("castra: castra.toml has 1 mistake:\n  castra.toml:3:1: ")
        .contains("did you mean `memory`?");
    assertThat(folder.resolve(".castra")).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void anUnknownOptionIs64(List<String> command) {
    castraWith(command, "--config", config, "--jsno").isRefused(64, "--jsno");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pu",
        "up --jobs",
        "status web",
        "status --config",
        "clean web",
        "destroy",
        "up --bootstrap",
        "up --bootstrap=sometimes",
        "up --bootstrap=web=",
        "up --json=yes please",
        "--jsno"
      })
  void aWrongCallIs64(String call) {
    castra(call.split(" ")).isRefused(64, "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"down", "destroy"})
  void anUnknownVmIs66AndTheNamesAreGiven(String command) {
    CliRun run = castra(command, "wbe", "--config", config);

    run.isRefused(66, "There is no VM or role `wbe`.");
    assertThat(run.err()).endsWith("  castra.toml has: web.\n");
    assertThat(folder.resolve(".castra")).doesNotExist();
  }

  @Test
  void conflictingModesAre70BeforeAnythingIsTouched() {
    CliRun run =
        castra("up", "--json", "--config", config, "--bootstrap", "web=auto,web=off,nosuch=auto");

    assertThat(run.exitCode()).isEqualTo(70);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains("`--bootstrap` gives `web` conflicting modes: `auto` and `disabled`.")
        .contains("`--bootstrap` names `nosuch`, but there are only: web.");
    assertThat(folder.resolve(".castra")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"up --plan", "up --plan --json"})
  void aPlanOfWhichOneVmIsAnErrorIs70AndStillTellsOfTheOthers(String call) throws IOException {
    Files.writeString(folder.resolve("id"), SshKeys.generate("castra").privateKeyText());
    Path script = Files.createDirectories(folder.resolve("bootstrap/db")).resolve("run.sh");
    Files.writeString(script, "true\n");
    String toml = write(machine("web") + "script = \"missing.sh\"\n" + machine("db"));

    CliRun run = castraWith(List.of(call.split(" ")), "--config", toml);

    assertThat(run.exitCode()).isEqualTo(70);
    assertThat(run.out()).contains("error", "missing.sh", "the machine is new");
    assertThat(folder.resolve(".castra")).doesNotExist();
    write(machine("web") + machine("db"));
    castraWith(List.of(call.split(" ")), "--config", toml).isDone();
  }

  private static String machine(String name) {
    return """
    [[vms]]
    name = "%s"
    driver = "ssh"
    [vms.ssh]
    host = "127.0.0.1"
    identity_file = "id"
    [vms.bootstrap]
    """
        .formatted(name);
  }

  @Test
  void aMachineThatIsNotCastrasIsLeftAlone() throws IOException {
    String ssh =
        write(
            "[[vms]]\nname = \"web\"\ndriver = \"ssh\"\n[vms.ssh]\nhost = \"10.0.0.7\"\nidentity_file = \"id\"\n");

    assertThat(castra("down", "--config", ssh).isDone().out())
        .isEqualTo("web  left alone: the machine is not Castra's\n");
    assertThat(folder.resolve(".castra")).doesNotExist();
  }

  @Test
  void everythingThatIsWrongWithACallIsNamedAtOnce() {
    for (String plan : List.of("--json", "--plan")) {
      CliRun run =
          castra(
              "up",
              plan,
              "nosuch",
              "wbe",
              "--config",
              config,
              "--bootstrap",
              "web=auto,web=off,x=auto");

      assertThat(run.exitCode()).isEqualTo(70);
      assertThat(run.out()).isEmpty();
      assertThat(run.err())
          .contains("There is no VM or role `nosuch` or `wbe`. castra.toml has: web.")
          .contains("`--bootstrap` gives `web` conflicting modes: `auto` and `disabled`.")
          .contains("`--bootstrap` names `x`, but there are only: web.");
    }
    assertThat(folder.resolve(".castra")).doesNotExist();
  }

  @Test
  void aModeForAVmThatIsNotNamedIs70() throws IOException {
    String two = write("[[vms]]\nname = \"web\"\n[[vms]]\nname = \"db\"\n");

    castra("up", "db", "--plan", "--config", two, "--bootstrap", "web=always")
        .isRefused(70, "`--bootstrap` gives `web` a mode, but the command is only about: db.");
  }

  @Test
  void noJobsAtAllIs64ForAPlanToo() {
    for (String option : List.of("--json", "--plan")) {
      castra("up", option, "--jobs", "0", "--config", config)
          .isRefused(64, "`--jobs` must be at least 1.");
    }
  }

  @Test
  void aDamagedDatabaseIs74() throws IOException {
    Path database = Files.createDirectories(folder.resolve(".castra/db")).resolve("castra.mv.db");
    Files.writeString(database, "no database".repeat(1_000));

    castra("status", "--json", "--config", config).isRefused(74, database.toString());
  }

  @Test
  void aStackTraceIsShownOnlyOnRequest() {
    CliRun run = castra("down", "wbe", "--config", config, "--debug");

    assertThat(run.exitCode()).isEqualTo(66);
    assertThat(run.err()).contains("There is no VM or role `wbe`.", "\tat dev.castra.");
  }

  @Test
  void theStatusOfAFreshProjectIsOneObjectAndChangesNothing() {
    CliRun run = castra("status", "--json", "--config", config).isDone();

    assertThat(run.out()).containsOnlyOnce("\n").endsWith("\n");
    assertThat(JsonText.parse(run.out()).at("/vms/0/state").textValue()).isEqualTo("stopped");
    assertThat(folder.resolve(".castra")).doesNotExist();
  }

  /** The short path and picocli's are two ways to one answer. */
  @Test
  void everySpellingOfStatusAnswersTheSame() {
    String plain = castra("status", "--json", "--config", config).isDone().out();

    assertThat(castra("status", "--config=" + config, "--json").isDone().out()).isEqualTo(plain);
    assertThat(castra("status", "--config", folder.toString(), "--json").out()).isEqualTo(plain);
    assertThat(castra("status", "--config", config).isDone().out())
        .isEqualTo(castra("status", "--config=" + config).isDone().out())
        .startsWith("VM   STATE");
  }

  @Test
  void whatIsNotThereIsStoppedAlready() {
    assertThat(castra("down", "--config", config).isDone().out())
        .isEqualTo("web  already stopped\n");
    assertThat(castra("down", "--json", "--config", config).isDone().out()).isEmpty();
    assertThat(castra("destroy", "web", "--config", config).isDone().out()).isEmpty();
    assertThat(castra("clean", "--config", config).isDone().out()).isEmpty();
    assertThat(folder.resolve(".castra")).doesNotExist();
  }
}
