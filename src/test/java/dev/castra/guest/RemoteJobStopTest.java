package dev.castra.guest;

import static dev.castra.guest.LiveGuest.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.guest.JobProgress.Ended;
import dev.castra.guest.JobProgress.Vanished;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ending a script, and nothing but it, under every shell a guest may have. */
@Timeout(120)
class RemoteJobStopTest {
  @TempDir Path folder;
  private JobGuest guest;

  @BeforeEach
  void connect() throws Exception {
    guest = new JobGuest(folder);
  }

  @AfterEach
  void closeAll() {
    guest.close();
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void stopEndsAllItStarted(List<String> shell) throws Exception {
    RemoteJob job =
        guest.job(shell, "sleep 601 & (sleep 602; echo late) & echo up; wait", Map.of());
    job.start(LONG);
    guest.awaitUp(job);

    assertThat(job.stop(Duration.ofSeconds(20))).isEqualTo(RemoteJob.Stop.STOPPED);

    assertThat(guest.processes()).isEmpty();
    assertThat(job.follow(3, guest.out, LONG)).isEqualTo(new Ended(143, 3));
    assertThat(job.stop(Duration.ofSeconds(1))).isEqualTo(RemoteJob.Stop.IDLE);
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void stopEndsAVerifyCommandAndAllItStarted(List<String> shell) throws Exception {
    RemoteJob job = guest.job(shell, "true", Map.of());
    job.start(LONG);
    assertThat(job.follow(0, guest.out, LONG)).isEqualTo(new Ended(0, 0));
    ProcessMark mark = new ProcessMark("CASTRA_VERIFY_DIR", guest.run.value());

    assertThat(job.verify("sleep 605 & sleep 606", guest.out, Duration.ofSeconds(1))).isEmpty();
    assertThat(mark.alive()).isNotEmpty();
    assertThat(job.stop(Duration.ofSeconds(20))).isEqualTo(RemoteJob.Stop.STOPPED);

    assertThat(mark.alive()).isEmpty();
    assertThat(job.verify("echo again", guest.out, LONG).orElseThrow().succeeded()).isFalse();
    assertThat(guest.text()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void stopKillsWhatIgnoresSigterm(List<String> shell) throws Exception {
    RemoteJob job = guest.job(shell, "trap '' TERM; echo up; while :; do sleep 1; done", Map.of());
    job.start(LONG);
    guest.awaitUp(job);

    assertThat(job.stop(Duration.ofMillis(300))).isEqualTo(RemoteJob.Stop.STOPPED);

    assertThat(guest.processes()).isEmpty();
    assertThat(job.follow(3, guest.out, LONG)).isInstanceOf(Vanished.class);
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void stopKillsInTimeHoweverSlowTheGuestIs(List<String> shell) throws Exception {
    RemoteJob job = guest.job(shell, "trap '' TERM; echo up; while :; do sleep 1; done", Map.of());
    job.start(LONG);
    guest.awaitUp(job);
    // By the number of naps, the grace would take 80 s and outlast the limit.
    Path bin = Files.createDirectories(folder.resolve("slow"));
    Tools.script(bin.resolve("sleep"), "exec " + Tools.find("sleep") + " 2");
    guest.live.server.setEnvironment(Map.of("PATH", bin + ":" + System.getenv("PATH")));

    assertThat(job.stop(Duration.ofSeconds(2))).isEqualTo(RemoteJob.Stop.STOPPED);
    assertThat(guest.processes()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void stopNeedsNothingFromTheFolderButThePid(List<String> shell) throws Exception {
    RemoteJob job = guest.job(shell, "echo up; sleep 600", Map.of());
    job.start(LONG);
    guest.awaitUp(job);
    // What a crash of the guest makes of a file that was not on its disk yet.
    Files.writeString(Path.of(guest.run + "/job.sh"), "");

    assertThat(job.stop(Duration.ofSeconds(20))).isEqualTo(RemoteJob.Stop.STOPPED);
    assertThat(guest.processes()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void aStoppedJobNeverStarts(List<String> shell) throws Exception {
    RemoteJob job = guest.job(shell, "echo ran", Map.of());

    assertThat(job.stop(Duration.ofSeconds(1))).isEqualTo(RemoteJob.Stop.IDLE);
    job.start(LONG);

    assertThat(job.follow(0, guest.out, LONG)).isEqualTo(new Ended(143, 0));
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void aKilledJobHasVanishedButItsProcessesAreStillFound(List<String> shell) throws Exception {
    RemoteJob job = guest.job(shell, "echo up; sleep 600", Map.of());
    job.start(LONG);
    guest.awaitUp(job);
    long leader = Long.parseLong(Files.readString(Path.of(guest.run + "/pid")).split(" ", -1)[0]);
    ProcessHandle.of(leader).orElseThrow().destroyForcibly();

    assertThat(job.follow(3, guest.out, LONG)).isEqualTo(new Vanished("it was killed", 3));
    assertThat(job.stop(Duration.ofSeconds(20))).isEqualTo(RemoteJob.Stop.STOPPED);
    assertThat(guest.processes()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void staleAndGarbledPidFilesHarmNobody(List<String> shell) throws Exception {
    Process bystander = new ProcessBuilder("setsid", "sleep", "600").start();
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    List<String> files = new ArrayList<>(List.of("", "\n", "0", "-1", "1", "abc", "*", "2 2 2"));
    for (String pid : List.of("0", "-1", "1", "00", "-" + bystander.pid())) {
      files.add("%s 1 %s %s".formatted(pid, pid, boot));
    }
    files.add("%1$d 1 %1$d %2$s".formatted(bystander.pid(), boot));
    files.add("%1$d 1 %1$d another-boot".formatted(bystander.pid()));
    RemoteJob job = guest.job(shell, "true", Map.of());
    job.start(LONG);
    job.follow(0, guest.out, LONG);
    try {
      for (String content : files) {
        Files.writeString(Path.of(guest.run + "/pid"), content);
        assertThat(job.stop(Duration.ZERO)).as(content).isEqualTo(RemoteJob.Stop.IDLE);
      }
      assertThat(bystander.isAlive()).isTrue();
    } finally {
      bystander.destroyForcibly();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void worksWithoutSetsid(List<String> shell) throws Exception {
    Path bin =
        Tools.only(
            folder.resolve("bin"),
            Stream.concat(
                    Stream.of(shell.get(0)),
                    Stream.of(
                        "sh nohup cat dd sleep mkdir mv tr grep wc chmod echo".split(" ", -1)))
                .toArray(String[]::new));
    RemoteJob job = guest.job(shell, "echo up; sleep 603 & wait", Map.of());
    guest.live.server.setEnvironment(Map.of("PATH", bin.toString()));
    Process bystander = new ProcessBuilder("sleep", "604").start();
    try {
      job.start(LONG);
      guest.awaitUp(job);

      assertThat(job.stop(Duration.ofSeconds(20))).isEqualTo(RemoteJob.Stop.STOPPED);
      assertThat(guest.processes()).isEmpty();
      assertThat(bystander.isAlive()).isTrue();
    } finally {
      bystander.destroyForcibly();
    }
  }
}
