package dev.castra.guest;

import static dev.castra.guest.LiveGuest.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.guest.JobProgress.Disconnected;
import dev.castra.guest.JobProgress.Ended;
import dev.castra.guest.JobProgress.StillRunning;
import dev.castra.guest.JobProgress.Vanished;
import dev.castra.process.Command;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The control script under every shell a guest may have; busybox where it is installed. */
@Timeout(120)
class RemoteJobTest {
  @TempDir Path folder;
  private final LiveGuest guest = new LiveGuest();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private GuestSession session;
  private GuestPath run;

  static Stream<List<String>> shells() {
    Stream<List<String>> required = Stream.of(List.of("dash"), List.of("bash"));
    boolean busybox = Command.find("busybox", System.getenv("PATH")).isPresent();
    return busybox ? Stream.concat(required, Stream.of(List.of("busybox", "sh"))) : required;
  }

  @BeforeEach
  void connect() throws Exception {
    session = guest.connect();
    run = new GuestPath(folder + "/run of 'it'");
  }

  @AfterEach
  void closeAll() {
    session.close();
    guest.close();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void runsDetachedAndTellsTheExitCode(List<String> shell) throws Exception {
    RemoteJob job = job(shell, "echo one; echo two >&2; pwd; wc -c; umask; exit 7", Map.of());

    assertThat(job.start(LONG)).isEqualTo(RemoteJob.Start.STARTED);
    JobProgress end = job.follow(0, out, LONG);

    assertThat(end).isEqualTo(new Ended(7, out.size()));
    assertThat(text().lines())
        .startsWith("one", "two", run + "/payload")
        .element(3, org.assertj.core.api.InstanceOfAssertFactories.STRING)
        .isEqualToIgnoringWhitespace("0");
    assertThat(text()).doesNotEndWith("077\n");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void takesTheInterpreterFromTheScript(List<String> shell) throws Exception {
    RemoteJob job = job(shell, "#!/usr/bin/env bash\n[[ a == a ]] && echo $BASH_VERSION", Map.of());

    job.start(LONG);

    assertThat(job.follow(0, out, LONG)).isEqualTo(new Ended(0, out.size()));
    assertThat(text()).matches("\\d+\\..*\n");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void startingTwiceRunsOnce(List<String> shell) throws Exception {
    RemoteJob job = job(shell, "echo ran >>../count", Map.of());

    assertThat(job.start(LONG)).isEqualTo(RemoteJob.Start.STARTED);
    assertThat(job.start(LONG)).isEqualTo(RemoteJob.Start.ATTACHED);
    assertThat(job.follow(0, out, LONG)).isInstanceOf(Ended.class);
    assertThat(job.start(LONG)).isEqualTo(RemoteJob.Start.ATTACHED);

    assertThat(job.follow(0, out, LONG)).isEqualTo(new Ended(0, 0));
    assertThat(Path.of(run + "/count")).hasContent("ran");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void environmentArrivesByteForByteAndOnNoCommandLine(List<String> shell) throws Exception {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("QUOTES", "it's \"quoted\" `id` $(id) $HOME \\ \\n");
    variables.put("LINES", "one\n\ntwo\n");
    variables.put("EMPTY", "");
    variables.put("UNICODE", everyCharacter());
    variables.put("dir", "/nowhere");
    variables.put("PATH", System.getenv("PATH") + ":/added");
    RemoteJob job = job(shell, "env -0", variables);

    job.start(LONG);
    job.follow(0, out, LONG);

    List<String> seen = List.of(out.toString(StandardCharsets.UTF_8).split("\0", -1));
    variables.forEach((name, value) -> assertThat(seen).contains(name + "=" + value));
    assertThat(seen).contains("CASTRA_RUN_DIR=" + run);
    assertThat(guest.server.commandLines()).noneMatch(line -> line.contains("quoted"));
    assertThat(Files.getPosixFilePermissions(Path.of(run + "/env.sh"))).hasSize(2);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aFloodArrivesWhole(List<String> shell) throws Exception {
    RemoteJob job = job(shell, "head -c 20000000 /dev/urandom | tee ../copy", Map.of());
    Path received = folder.resolve("received");

    job.start(LONG);
    try (OutputStream file = Files.newOutputStream(received)) {
      assertThat(job.follow(0, file, LONG)).isEqualTo(new Ended(0, 20_000_000));
    }

    assertThat(Files.mismatch(received, Path.of(run + "/copy"))).isEqualTo(-1);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aDroppedConnectionLosesAndDoublesNothing(List<String> shell) throws Exception {
    RemoteJob job =
        job(shell, "head -c 6000000 /dev/urandom >../all; cat ../all; sleep 1; echo end", Map.of());
    OutputStream dropping = dropsAfter(2_000_000);
    job.start(LONG);

    Disconnected dropped = (Disconnected) job.follow(0, dropping, LONG);
    assertThat(dropped.offset()).isEqualTo(out.size()).isBetween(2_000_000L, 6_000_000L);
    assertThat(session.isOpen()).isFalse();

    session = guest.connect();
    RemoteJob again = new RemoteJob(session, run, shell);
    assertThat(again.start(LONG)).isEqualTo(RemoteJob.Start.ATTACHED);
    JobProgress end = again.follow(dropped.offset(), out, LONG);

    assertThat(end).isEqualTo(new Ended(0, 6_000_004));
    byte[] expected = Files.readAllBytes(Path.of(run + "/all"));
    assertThat(out.toByteArray()).startsWith(expected).hasSize(6_000_004);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void whatIsLeftInTheBackgroundIsNotWaitedFor(List<String> shell) throws Exception {
    RemoteJob job =
        job(shell, "(while :; do echo noise; done) & sleep 600 & echo end; exit 3", Map.of());

    job.start(LONG);

    assertThat(job.follow(0, OutputStream.nullOutputStream(), LONG))
        .isInstanceOfSatisfying(Ended.class, end -> assertThat(end.exitCode()).isEqualTo(3));
    assertThat(job.stop(Duration.ofSeconds(5))).isEqualTo(RemoteJob.Stop.STOPPED);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aLimitLeavesItRunning(List<String> shell) throws Exception {
    RemoteJob job = job(shell, "echo up; sleep 600", Map.of());
    job.start(LONG);

    assertThat(job.follow(0, out, Duration.ofSeconds(1))).isEqualTo(new StillRunning(3));
    assertThat(text()).isEqualTo("up\n");
    assertThat(job.follow(3, out, Duration.ofMillis(200))).isEqualTo(new StillRunning(3));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void stopEndsAllItStarted(List<String> shell) throws Exception {
    RemoteJob job = job(shell, "sleep 601 & (sleep 602; echo late) & echo up; wait", Map.of());
    job.start(LONG);
    job.follow(0, out, Duration.ofMillis(500));
    assertThat(text()).isEqualTo("up\n");

    assertThat(job.stop(Duration.ofSeconds(20))).isEqualTo(RemoteJob.Stop.STOPPED);

    assertThat(processesOf(run)).isEmpty();
    assertThat(job.follow(3, out, LONG)).isEqualTo(new Ended(143, 3));
    assertThat(job.stop(Duration.ofSeconds(1))).isEqualTo(RemoteJob.Stop.IDLE);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void stopKillsWhatIgnoresSigterm(List<String> shell) throws Exception {
    RemoteJob job = job(shell, "trap '' TERM; echo up; while :; do sleep 1; done", Map.of());
    job.start(LONG);
    job.follow(0, out, Duration.ofMillis(500));

    assertThat(job.stop(Duration.ofMillis(300))).isEqualTo(RemoteJob.Stop.STOPPED);

    assertThat(processesOf(run)).isEmpty();
    assertThat(job.follow(3, out, LONG)).isInstanceOf(Vanished.class);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aStoppedJobNeverStarts(List<String> shell) throws Exception {
    RemoteJob job = job(shell, "echo ran", Map.of());

    assertThat(job.stop(Duration.ofSeconds(1))).isEqualTo(RemoteJob.Stop.IDLE);
    job.start(LONG);

    assertThat(job.follow(0, out, LONG)).isEqualTo(new Ended(143, 0));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aKilledJobHasVanishedButItsProcessesAreStillFound(List<String> shell) throws Exception {
    RemoteJob job = job(shell, "echo up; sleep 600", Map.of());
    job.start(LONG);
    job.follow(0, out, Duration.ofMillis(500));
    long leader = Long.parseLong(Files.readString(Path.of(run + "/pid")).split(" ", -1)[0]);
    ProcessHandle.of(leader).orElseThrow().destroyForcibly();

    assertThat(job.follow(3, out, LONG)).isEqualTo(new Vanished("it was killed", 3));
    assertThat(job.stop(Duration.ofSeconds(20))).isEqualTo(RemoteJob.Stop.STOPPED);
    assertThat(processesOf(run)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void aRebootIsNoticed(List<String> shell) throws Exception {
    RemoteJob job = job(shell, "sleep 600", Map.of());
    job.start(LONG);
    job.follow(0, out, Duration.ofMillis(300));
    Files.writeString(Path.of(run + "/boot"), "an-earlier-boot\n");

    assertThat(job.follow(0, out, LONG)).isEqualTo(new Vanished("the guest was rebooted", 0));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void staleAndGarbledPidFilesHarmNobody(List<String> shell) throws Exception {
    Process bystander = new ProcessBuilder("setsid", "sleep", "600").start();
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    List<String> files = new ArrayList<>(List.of("", "\n", "0", "-1", "1", "abc", "*", "2 2 2"));
    for (String pid : List.of("0", "-1", "1", "00", "-" + bystander.pid())) {
      files.add("%s 1 %s %s".formatted(pid, pid, boot));
    }
    files.add("%1$d 1 %1$d %2$s".formatted(bystander.pid(), boot));
    files.add("%1$d 1 %1$d another-boot".formatted(bystander.pid()));
    RemoteJob job = job(shell, "true", Map.of());
    job.start(LONG);
    job.follow(0, out, LONG);
    try {
      for (String content : files) {
        Files.writeString(Path.of(run + "/pid"), content);
        assertThat(job.stop(Duration.ZERO)).as(content).isEqualTo(RemoteJob.Stop.IDLE);
      }
      assertThat(bystander.isAlive()).isTrue();
    } finally {
      bystander.destroyForcibly();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void worksWithoutSetsid(List<String> shell) throws Exception {
    Path bin =
        Tools.only(
            folder.resolve("bin"),
            Stream.concat(
                    Stream.of(shell.get(0)),
                    Stream.of("sh nohup dd sleep mkdir mv tr grep wc chmod echo".split(" ", -1)))
                .toArray(String[]::new));
    RemoteJob job = job(shell, "echo up; sleep 603 & wait", Map.of());
    guest.server.setEnvironment(Map.of("PATH", bin.toString()));
    Process bystander = new ProcessBuilder("sleep", "604").start();
    try {
      job.start(LONG);
      assertThat(job.follow(0, out, Duration.ofMillis(500))).isInstanceOf(StillRunning.class);

      assertThat(job.stop(Duration.ofSeconds(20))).isEqualTo(RemoteJob.Stop.STOPPED);
      assertThat(processesOf(run)).isEmpty();
      assertThat(bystander.isAlive()).isTrue();
    } finally {
      bystander.destroyForcibly();
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void saysThatItWasNeverStarted(List<String> shell) throws Exception {
    RemoteJob job = job(shell, "true", Map.of());

    assertThat(job.follow(0, out, LONG)).isEqualTo(new Vanished("it was never started", 0));
    assertThatThrownBy(() -> new RemoteJob(session, run.resolve("gone")).start(LONG))
        .hasMessageContaining("cannot be started");
  }

  private RemoteJob job(List<String> shell, String script, Map<String, String> variables)
      throws Exception {
    if (shell.get(0).equals("busybox")) {
      String programs = "sh setsid nohup dd sleep mkdir rm mv tr grep wc chmod tar head env";
      Path bin = Tools.ofBusybox(folder.resolve("busybox"), programs.split(" ", -1));
      guest.server.setEnvironment(Map.of("PATH", bin + ":" + System.getenv("PATH")));
    }
    byte[] bytes = script.getBytes(StandardCharsets.UTF_8);
    TarUpload.send(
        session,
        run,
        List.of(
            TarEntrySource.File.of(RemoteJob.SCRIPT, 0600, bytes),
            new TarEntrySource.Folder(RawName.of(RemoteJob.PAYLOAD), 0755),
            RemoteJob.environment(variables),
            RemoteJob.control()),
        LONG);
    return new RemoteJob(session, run, shell);
  }

  private OutputStream dropsAfter(int bytes) {
    return new OutputStream() {
      @Override
      public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] chunk, int offset, int length) {
        out.write(chunk, offset, length);
        if (out.size() >= bytes) {
          guest.server.dropConnections();
        }
      }
    };
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /**
   * Every control and Latin-1 character, some beyond, in UTF-8 all bytes but NUL and the illegal.
   */
  private static String everyCharacter() {
    StringBuilder text = new StringBuilder();
    for (char unit = 1; unit < 0x900; unit++) {
      text.append(unit);
    }
    return text.append("漢字🚀\uffff").toString();
  }

  private static List<Long> processesOf(GuestPath run) {
    ProcessMark mark = new ProcessMark("CASTRA_RUN_DIR", run.value());
    return mark.alive().stream().map(ProcessHandle::pid).toList();
  }
}
