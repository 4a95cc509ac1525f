package dev.castra.guest;

import static dev.castra.guest.LiveGuest.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.castra.guest.JobProgress.Disconnected;
import dev.castra.guest.JobProgress.Ended;
import dev.castra.guest.JobProgress.StillRunning;
import dev.castra.guest.JobProgress.Vanished;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Running and following a script, under every shell a guest may have. */
@Timeout(120)
class RemoteJobTest {
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
  void runsDetachedAndTellsTheExitCode(List<String> shell) throws Exception {
    RemoteJob job = guest.job(shell, "echo one; echo two >&2; pwd; wc -c; umask; exit 7", Map.of());

    assertThat(job.start(LONG)).isEqualTo(RemoteJob.Start.STARTED);
    JobProgress end = job.follow(0, guest.out, LONG);

    assertThat(end).isEqualTo(new Ended(7, guest.out.size()));
    assertThat(guest.text().lines())
        .startsWith("one", "two", guest.run + "/payload")
        .element(3, InstanceOfAssertFactories.STRING)
        .isEqualToIgnoringWhitespace("0");
    assertThat(guest.text()).doesNotEndWith("077\n");
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void takesTheInterpreterFromTheScript(List<String> shell) throws Exception {
    RemoteJob job =
        guest.job(shell, "#!/usr/bin/env bash\n[[ a == a ]] && echo $BASH_VERSION", Map.of());

    job.start(LONG);

    assertThat(job.follow(0, guest.out, LONG)).isEqualTo(new Ended(0, guest.out.size()));
    assertThat(guest.text()).matches("\\d+\\..*\n");
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void startingTwiceRunsOnce(List<String> shell) throws Exception {
    RemoteJob job = guest.job(shell, "echo ran >>../count", Map.of());

    assertThat(job.start(LONG)).isEqualTo(RemoteJob.Start.STARTED);
    assertThat(job.start(LONG)).isEqualTo(RemoteJob.Start.ATTACHED);
    assertThat(job.follow(0, guest.out, LONG)).isInstanceOf(Ended.class);
    assertThat(job.start(LONG)).isEqualTo(RemoteJob.Start.ATTACHED);

    assertThat(job.follow(0, guest.out, LONG)).isEqualTo(new Ended(0, 0));
    assertThat(Path.of(guest.run + "/count")).hasContent("ran");
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void environmentArrivesByteForByteAndOnNoCommandLine(List<String> shell) throws Exception {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("QUOTES", "it's \"quoted\" `id` $(id) $HOME \\ \\n");
    variables.put("LINES", "one\n\ntwo\n");
    variables.put("EMPTY", "");
    variables.put("UNICODE", everyCharacter());
    variables.put("dir", "/nowhere");
    variables.put("PATH", System.getenv("PATH") + ":/added");
    RemoteJob job = guest.job(shell, "env -0", variables);

    job.start(LONG);
    job.follow(0, guest.out, LONG);

    List<String> seen = List.of(guest.out.toString(StandardCharsets.UTF_8).split("\0", -1));
    variables.forEach((name, value) -> assertThat(seen).contains(name + "=" + value));
    assertThat(seen).contains("CASTRA_RUN_DIR=" + guest.run);
    assertThat(guest.live.server.commandLines()).noneMatch(line -> line.contains("quoted"));
    assertThat(Files.getPosixFilePermissions(Path.of(guest.run + "/env.sh"))).hasSize(2);
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void aFloodArrivesWhole(List<String> shell) throws Exception {
    RemoteJob job = guest.job(shell, "head -c 20000000 /dev/urandom | tee ../copy", Map.of());
    Path received = folder.resolve("received");

    job.start(LONG);
    try (OutputStream file = Files.newOutputStream(received)) {
      assertThat(job.follow(0, file, LONG)).isEqualTo(new Ended(0, 20_000_000));
    }

    assertThat(Files.mismatch(received, Path.of(guest.run + "/copy"))).isEqualTo(-1);
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void aDroppedConnectionLosesAndDoublesNothing(List<String> shell) throws Exception {
    RemoteJob job =
        guest.job(
            shell, "head -c 6000000 /dev/urandom >../all; cat ../all; sleep 1; echo end", Map.of());
    OutputStream dropping = guest.dropsAfter(2_000_000);
    job.start(LONG);

    Disconnected dropped = (Disconnected) job.follow(0, dropping, LONG);
    assertThat(dropped.offset()).isEqualTo(guest.out.size()).isBetween(2_000_000L, 6_000_000L);

    guest.reconnect();
    RemoteJob again = new RemoteJob(guest.session, guest.run, shell);
    assertThat(again.start(LONG)).isEqualTo(RemoteJob.Start.ATTACHED);
    JobProgress end = again.follow(dropped.offset(), guest.out, LONG);

    assertThat(end).isEqualTo(new Ended(0, 6_000_004));
    byte[] expected = Files.readAllBytes(Path.of(guest.run + "/all"));
    assertThat(guest.out.toByteArray()).startsWith(expected).hasSize(6_000_004);
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void whatIsLeftInTheBackgroundIsNotWaitedFor(List<String> shell) throws Exception {
    RemoteJob job =
        guest.job(shell, "(while :; do echo noise; done) & sleep 600 & echo end; exit 3", Map.of());

    job.start(LONG);

    assertThat(job.follow(0, OutputStream.nullOutputStream(), LONG))
        .isInstanceOfSatisfying(Ended.class, end -> assertThat(end.exitCode()).isEqualTo(3));
    assertThat(job.stop(Duration.ofSeconds(5))).isEqualTo(RemoteJob.Stop.STOPPED);
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void aLimitLeavesItRunning(List<String> shell) throws Exception {
    RemoteJob job = guest.job(shell, "echo up; sleep 600", Map.of());
    job.start(LONG);

    guest.awaitUp(job);

    assertThat(job.follow(3, guest.out, Duration.ofMillis(200))).isEqualTo(new StillRunning(3));
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void aRebootIsNoticed(List<String> shell) throws Exception {
    RemoteJob job = guest.job(shell, "sleep 600", Map.of());
    job.start(LONG);
    job.follow(0, guest.out, Duration.ofMillis(300));
    Files.writeString(Path.of(guest.run + "/boot"), "an-earlier-boot\n");

    assertThat(job.follow(0, guest.out, LONG)).isEqualTo(new Vanished("the guest was rebooted", 0));
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void saysThatItWasNeverStarted(List<String> shell) throws Exception {
    RemoteJob job = guest.job(shell, "true", Map.of());

    assertThat(job.follow(0, guest.out, LONG)).isEqualTo(new Vanished("it was never started", 0));
    assertThatThrownBy(() -> new RemoteJob(guest.session, guest.run.resolve("gone")).start(LONG))
        .hasMessageContaining("cannot be started");
  }

  @Test
  void asksAgainWhenTheAnswerIsLost() throws Exception {
    Path lossy = folder.resolve("lossy");
    Files.writeString(
        lossy, "mkdir \"$0.once\" 2>/dev/null && exec sh \"$@\" 2>/dev/null\nexec sh \"$@\"\n");
    RemoteJob job = guest.job(List.of("sh", lossy.toString()), "echo ran >>../count", Map.of());

    assertThat(job.start(LONG)).isEqualTo(RemoteJob.Start.ATTACHED);
    assertThat(job.follow(0, guest.out, LONG)).isEqualTo(new Ended(0, 0));
    assertThat(Path.of(guest.run.resolve("count").value())).hasContent("ran");
  }

  @ParameterizedTest
  @MethodSource("dev.castra.guest.Tools#shells")
  void verifiesWhereTheScriptRanWithItsVariables(List<String> shell) throws Exception {
    RemoteJob job = guest.job(shell, "true", Map.of("TOKEN", "it's $ecret", "dir", "/nowhere"));
    String command = "pwd; echo \"$TOKEN\"; wc -c; echo bad >&2; exit 3";

    RemoteResult result = job.verify(command, guest.out, LONG).orElseThrow();

    assertThat(result.exitStatus()).hasValue(3);
    assertThat(guest.text().lines().map(String::strip))
        .containsExactlyInAnyOrder(guest.run + "/payload", "it's $ecret", "0", "bad");
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
}
