package dev.castra.cli;

import dev.castra.contract.Schemas;
import dev.castra.guest.SshGuestServer;
import dev.castra.guest.SshKeys;
import dev.castra.process.JavaChild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What docs/BOOTSTRAP.md tells, lived through with a real machine: its examples by name. */
final class BootstrapStory implements AutoCloseable {
  private static final String VM = "web";
  private static final String INSTALL = "bootstrap/web/payload/install.sh";
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final DocumentedProject shop;
  private final SshGuestServer guest;
  private final Map<String, String> examples = new LinkedHashMap<>();

  private BootstrapStory(Path folder) throws IOException {
    shop = new DocumentedProject(folder);
    guest = shop.add(VM);
  }

  static Map<String, String> tell(Path folder) throws IOException, InterruptedException {
    try (BootstrapStory story = new BootstrapStory(folder)) {
      story.begins();
      story.isForcedAndSkipped();
      story.fails();
      story.isInterrupted();
      story.isKilled();
      story.losesItsMachine();
      story.isLookedInto();
      Schemas.validRunLogs(story.shop.stateRoot());
      return story.examples;
    }
  }

  private void begins() throws IOException {
    String settings =
        "verify_path = \"%s\"\n".formatted(shop.machine(VM).resolve("srv/shop/app.env"));
    shop.set(VM, settings + "handshake_timeout_secs = 60");
    examples.put("config", shop.config());
    String script =
        """
        #!/bin/sh
        set -e
        echo "setting up $CASTRA_VM"
        sh ./install.sh
        cp app.env %s/srv/shop/
        """
            .formatted(shop.machine(VM));
    examples.put("script", shop.shown(script));
    shop.file("bootstrap/web/run.sh", script);
    shop.file("bootstrap/web/payload/app.env", "PORT=80\n");
    shop.file(INSTALL, "echo installed\n");

    json("success", List.of(), "up", "--json");
    examples.put("run-log", shop.log(VM, 1, ".json"));
    examples.put("output-log", shop.log(VM, 1, ".log"));
    json("noop", List.of("BootstrapPlanned", "BootstrapCompleted"), "up", "--json");
    shop.file("bootstrap/web/payload/app.env", "PORT=8080\n");
    console("plan", "up", "--plan");
    console("changed", "up");
  }

  private void isForcedAndSkipped() throws IOException {
    shop.file(INSTALL, "echo Castra:noop\n");
    List<String> ends = List.of("BootstrapCompleted");
    json("said-noop", ends, "up", "--json", "--bootstrap", "web=always");
    json(
        "skipped",
        List.of("Diagnostic", "BootstrapCompleted"),
        "up",
        "--json",
        "--bootstrap",
        "off");
  }

  private void fails() throws IOException {
    shop.file(INSTALL, "echo 'no space for the packages' >&2\nexit 7\n");
    console("failed", "up");
    json(
        "failed-events",
        List.of("BootstrapPlanned", "BootstrapStep", "BootstrapFailed", "UpCompleted"),
        "up",
        "--json");
  }

  private void isInterrupted() throws IOException, InterruptedException {
    try (JavaChild child = untilApply("up", "--json")) {
      new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start().waitFor();
      List<String> events = List.of("BootstrapStep", "BootstrapFailed");
      examples.put("interrupted", eventLines(child.rest(), events));
    }
  }

  private void isKilled() throws IOException, InterruptedException {
    try (JavaChild child = untilApply("up")) {
      console("status", "status");
      console("busy", "up", "--no-wait");
      child.kill();
    }
    Files.createFile(shop.machine(VM).resolve("srv/go-on"));
    console("taken-over", "up");
  }

  /** A castra whose script has begun and waits. */
  private JavaChild untilApply(String... arguments) throws IOException, InterruptedException {
    Path begun = shop.machine(VM).resolve("srv/begun");
    Path goOn = shop.machine(VM).resolve("srv/go-on");
    Files.deleteIfExists(begun);
    shop.file(
        INSTALL,
        "touch %s\nuntil [ -e %s ]; do sleep 0.1; done\necho installed\n".formatted(begun, goOn));
    JavaChild child = shop.child(arguments);
    long end = System.nanoTime() + LIMIT_NANOS;
    while (!Files.exists(begun)) {
      if (System.nanoTime() > end) {
        child.close();
        throw new AssertionError("the script did not begin");
      }
      Thread.sleep(20);
    }
    return child;
  }

  private void losesItsMachine() throws IOException {
    guest.stop();
    shop.set(VM, "handshake_timeout_secs = 2");
    shop.config();
    console("silent", "up");
    examples.put("silent-log", shop.log(VM, 9, ".json"));
    guest.start();
    shop.castra("up").isDone();
    guest.restartWith(SshKeys.generate("reinstalled"));
    console("refused", "up");
    console("trust", "trust", VM, "--yes");
    console("trusted", "up");
  }

  /** Every answer of the commands that only look. */
  private void isLookedInto() {
    console("stamps", "stamps");
    console("explain", "stamps", "explain", VM);
    console("withdrawn", "stamps", "rm", VM);
    for (String command : List.of("status", "up --plan", "stamps", "stamps explain web")) {
      Schemas.valid(shop.castra((command + " --json").split(" ")).isDone().out());
    }
  }

  private void console(String name, String... arguments) {
    CliRun run = shop.castra(arguments);
    String command = "$ castra " + String.join(" ", arguments) + "\n";
    examples.put(name, command + shop.shown(run.out() + run.err()));
  }

  /**
   * @param types what is shown; empty for all
   */
  private void json(String name, List<String> types, String... arguments) {
    examples.put(name, eventLines(shop.castra(arguments).out().lines().toList(), types));
  }

  private String eventLines(List<String> lines, List<String> types) {
    return lines.stream()
        .filter(line -> types.isEmpty() || types.contains(Schemas.valid(line).get("type").asText()))
        .map(line -> shop.shown(line) + "\n")
        .collect(Collectors.joining());
  }

  @Override
  public void close() {
    shop.close();
  }

  /** Modes of several VMs in one invocation. */
  static Map<String, String> tellOfModes(Path folder) throws IOException {
    try (DocumentedProject fleet = new DocumentedProject(folder)) {
      for (String vm : List.of("web", "db", "cache")) {
        fleet.add(vm);
        fleet.file("bootstrap/" + vm + "/run.sh", "echo done\n");
      }
      fleet.config();
      // One after the other, for the sake of their runs' numbers.
      for (String vm : List.of("web", "db", "cache")) {
        fleet.castra("up", vm).isDone();
      }
      Map<String, String> examples = new LinkedHashMap<>();
      String[] modes = {"up", "--bootstrap", "disabled,web=always,db=auto"};
      String out = fleet.castra(modes).isDone().out();
      examples.put("modes", out.substring(out.indexOf("\n\n") + 2));
      String[] conflict = {"up", "--bootstrap", "web=always", "--bootstrap", "web=off,redis=auto"};
      CliRun refused = fleet.castra(conflict);
      examples.put(
          "conflict",
          "$ castra " + String.join(" ", Arrays.asList(conflict)) + "\n" + refused.err());
      return examples;
    }
  }
}
