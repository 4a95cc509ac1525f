package dev.castra.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.castra.contract.Schemas;
import dev.castra.image.BaseImages;
import dev.castra.qemu.SocketFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A project folder of its own on which the packaged castra is run. Closing it stops its VMs, fails
 * the test if a process is left, and removes the folder.
 */
public final class CastraProject implements AutoCloseable {
  private static final List<String> JVM =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC");

  private final Path root;
  private final Path directory;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final List<CastraProcess> processes = new ArrayList<>();
  private boolean kept;

  private CastraProject(Path root) throws IOException {
    this.root = root;
    this.directory = Files.createDirectory(root.resolve("project"));
  }

  public static CastraProject create() throws IOException {
    return new CastraProject(Files.createTempDirectory("castra-it").toRealPath());
  }

  /** A project whose VMs boot; needs the tiny guest. */
  public static CastraProject withGuest() throws IOException {
    Path image = tinyImage();
    assertThat(image).as("the tiny guest: run `tools/build-guest` first").isRegularFile();
    return create();
  }

  static Path tinyImage() {
    return new BaseImages(Path.of("qemu-img"), System.getenv()).tinyLocation();
  }

  public Path directory() {
    return directory;
  }

  public Path stateRoot() {
    return directory.resolve(".castra");
  }

  public Path bootstrapLogs(String vm) {
    return stateRoot().resolve("logs").resolve("bootstrap").resolve(vm);
  }

  public Records records() {
    return new Records(stateRoot().resolve("db").resolve("castra"));
  }

  /** Writes castra.toml: small VMs, short waits, then {@code toml}. */
  public CastraProject config(String toml) {
    String common =
        """
        [defaults]
        memory = "256 MiB"
        [lifecycle]
        graceful_shutdown_wait_secs = 20
        """;
    return file("castra.toml", common + toml);
  }

  public CastraProject script(String role, String body) {
    return file("bootstrap/" + role + "/run.sh", "#!/bin/sh\n" + body + "\n");
  }

  public CastraProject file(String name, String content) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(file.resolveSibling(""));
      Files.writeString(file, content);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sets a variable for every castra from now on. */
  CastraProject variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  CastraProcess start(String... arguments) {
    return startWith(List.of(), arguments);
  }

  /** Starts castra with options for its JVM. */
  public CastraProcess startWith(List<String> jvmOptions, String... arguments) {
    return startUnder(List.of(), jvmOptions, arguments);
  }

  /** No file that it writes can grow beyond this, as on a full disk. */
  CastraProcess startLimited(int fileKib, String... arguments) {
    String limit = "ulimit -f " + fileKib + "; exec \"$@\"";
    return startUnder(List.of("bash", "-c", limit, "limited"), List.of(), arguments);
  }

  /** Obeys the signals of a terminal although this JVM may have been started to ignore them. */
  CastraProcess startSignalled(String... arguments) {
    return startUnder(List.of("env", "--default-signal=INT,TERM,HUP"), List.of(), arguments);
  }

  private CastraProcess startUnder(
      List<String> wrapper, List<String> jvmOptions, String... arguments) {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(JVM);
    command.addAll(jvmOptions);
    String jar = System.getProperty("castra.jar");
    assertThat(jar).as("system property castra.jar").isNotNull();
    command.addAll(List.of("-jar", jar));
    command.addAll(List.of(arguments));
    CastraProcess process = CastraProcess.start(command, directory, environment);
    processes.add(process);
    return process;
  }

  CastraResult run(String... arguments) throws InterruptedException {
    return start(arguments).end();
  }

  CastraProcess startUp(String... options) {
    List<String> arguments = new ArrayList<>(List.of("up", "--json"));
    arguments.addAll(List.of(options));
    return start(arguments.toArray(String[]::new));
  }

  CastraResult up(String... options) throws InterruptedException {
    return startUp(options).end();
  }

  CastraResult down(String... names) throws InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("down", "--json"));
    arguments.addAll(List.of(names));
    return run(arguments.toArray(String[]::new));
  }

  JsonNode status() throws InterruptedException {
    CastraResult result = run("status", "--json").exitsWith(0);
    assertThat(result.stdout()).hasSize(1);
    return Json.object(result.stdout().get(0));
  }

  /** The VM's part of {@code status --json}. */
  JsonNode status(String vm) throws InterruptedException {
    return Json.items(status().path("vms")).stream()
        .filter(entry -> entry.path("vm").asText().equals(vm))
        .findFirst()
        .orElseThrow();
  }

  /** What the guest printed in a run, with the times of arrival before each line. */
  Path output(String vm, JsonNode outcome) {
    return bootstrapLogs(vm).resolve(outcome.path("run_id").asText() + ".log");
  }

  List<Path> logsOf(String vm) throws IOException {
    if (!Files.isDirectory(bootstrapLogs(vm))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(bootstrapLogs(vm))) {
      return files.sorted().toList();
    }
  }

  /** Leaves the folder for a look at it when the project is closed. */
  public void keep() {
    kept = true;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    try {
      for (CastraProcess process : processes) {
        process.close();
        process.end();
      }
      if (Files.exists(stateRoot())) {
        down().exitsWith(0);
      }
      Schemas.validRunLogs(stateRoot());
    } finally {
      List<Long> left = Host.processesNaming(directory);
      left.forEach(pid -> Host.signal("KILL", pid));
      remove(SocketFolder.open(Map.of(), stateRoot()).path());
      if (!kept) {
        remove(root);
      }
      assertThat(left).as("processes of the project that outlived `castra down`").isEmpty();
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
