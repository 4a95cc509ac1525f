package dev.castra.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.guest.Console;
import dev.castra.guest.HandshakeResult.NotShaken;
import dev.castra.guest.ShownConsole;
import dev.castra.run.RunStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class PipelineTest {
  private PipelineGuest guest;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    guest = new PipelineGuest(folder.toRealPath());
  }

  @AfterEach
  void stop() {
    guest.close();
  }

  @Test
  void takesTheFiveStepsInOrderAndRecordsEachOfThem() throws IOException {
    Files.writeString(guest.payload.resolve("greeting"), "hello");
    guest.verifyCommand = Optional.of("test \"$TOKEN\" = \"it's \\$ecret\"");
    guest.verifyPath = Optional.of(guest.runFolder() + "/payload/greeting");

    assertThat(guest.run("cat greeting\n").status()).isEqualTo(RunStatus.SUCCESS);

    assertThat(guest.text()).isEqualTo("hello");
    assertThat(guest.journal.calls)
        .containsExactly(
            "started wait-handshake",
            "success wait-handshake",
            "started connect",
            "success connect",
            "started transfer",
            "success transfer",
            "started apply",
            "success apply",
            "started verify",
            "success verify",
            "completed success");
  }

  @Test
  void skipsVerifyWhereThereIsNothingToVerify() throws IOException {
    guest.run("true\n");
    assertThat(guest.journal.calls).contains("skipped verify").endsWith("completed success");
  }

  @Test
  void removesTheEnvValuesAfterFailure() throws IOException {
    guest.run("printf %s \"$TOKEN\"; exit 7\n");
    assertThat(guest.text()).isEqualTo("it's $ecret");
    assertThat(guest.runFolder().resolve("job.sh")).exists();
    assertThat(guest.runFolder().resolve("env.sh")).doesNotExist();
  }

  @Test
  void removesTheEnvValuesAfterSuccess() throws IOException {
    guest.run("true\n");
    assertThat(guest.runFolder().resolve("job.sh")).exists();
    assertThat(guest.runFolder().resolve("env.sh")).doesNotExist();
  }

  @Test
  void failsAtVerifyWhenTheCommandFails() throws IOException {
    guest.verifyCommand = Optional.of("exit 3");
    assertFailed(guest.run("true\n"), "verify", "exit");
  }

  @Test
  void failsAtVerifyWhenThePathIsMissing() throws IOException {
    guest.verifyPath = Optional.of(guest.folder + "/nowhere");
    assertFailed(guest.run("true\n"), "verify", "nowhere` does not exist");
  }

  @Test
  void reportsTheExitStatusOfTheScript() throws IOException {
    assertFailed(guest.run("exit 7\n"), "apply", "exit status 7");
  }

  @Test
  void endsAsNoOpWhenTheScriptSaysSo() throws IOException {
    assertThat(guest.run("echo Castra:noop\n").status()).isEqualTo(RunStatus.NOOP);
    assertThat(guest.journal.calls).endsWith("completed noop");
  }

  @Test
  void failsWithTheReasonTheScriptGivesEvenIfItExitsWithZero() throws IOException {
    assertFailed(guest.run("echo 'Castra:error: no licence'\n"), "apply", "no licence");
  }

  @Test
  void runsTheScriptOnceAndLosesNoOutputWhenTheConnectionDrops() throws IOException {
    Path count = guest.folder.resolve("count");
    String script =
        "echo run >>"
            + count
            + "\ni=0\nwhile [ $i -lt 20 ]; do echo $i; i=$((i+1)); sleep 0.1; done\n";
    Pipeline.Result result =
        guest.run(guest.artifact(script), guest.onFirstOutput(guest.server::dropConnections));

    assertThat(result.status()).isEqualTo(RunStatus.SUCCESS);
    assertThat(guest.server.logins()).isGreaterThan(1);
    assertThat(Files.readString(count)).isEqualTo("run\n");
    assertThat(guest.text().lines())
        .containsExactly(
            "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15",
            "16", "17", "18", "19");
  }

  @Test
  void stopsAScriptThatTakesTooLong() throws IOException {
    guest.applyTimeout = Duration.ofSeconds(3);
    assertFailed(guest.run("echo $$\nexec sleep 300\n"), "apply", "did not end within 3 s");
    assertScriptIsGone();
  }

  @Test
  void endsTheScriptInTheGuestWhenTheUserCancels() throws IOException {
    Pipeline.Result result =
        guest.run(
            guest.artifact("echo $$\nexec sleep 300\n"),
            guest.onFirstOutput(() -> guest.cancelled = Optional.of("interrupted")));

    assertThat(result.status()).isEqualTo(RunStatus.INTERRUPTED);
    assertThat(guest.journal.calls).endsWith("failed apply", "interrupted at apply");
    assertScriptIsGone();
  }

  @Test
  void isInterruptedAndNotFailedWhenSomebodyStopsTheMachine() throws IOException {
    Pipeline.Result result =
        guest.run(
            guest.artifact("echo begun\nexit 143\n"),
            guest.onFirstOutput(
                () -> guest.stopRequest = Optional.of("interrupted: another castra stopped it")));

    assertThat(result.status()).isEqualTo(RunStatus.INTERRUPTED);
    assertThat(result.failure().orElseThrow().error())
        .isEqualTo("The run was interrupted: another castra stopped it.");
  }

  @Test
  void stampsNothingWhenTheScriptTakesTheStopOfTheMachineForItsEnd() throws IOException {
    Pipeline.Result result =
        guest.run(
            guest.artifact("echo begun\nexit 0\n"),
            guest.onFirstOutput(
                () -> guest.stopRequest = Optional.of("interrupted: another castra stopped it")));

    assertThat(result.status()).isEqualTo(RunStatus.INTERRUPTED);
    assertThat(guest.journal.calls).endsWith("skipped verify", "interrupted at verify");
  }

  @Test
  void failsInTheMidstOfASilentScriptWhenTheGuestDies() throws IOException {
    Pipeline.Result result =
        guest.run(
            guest.artifact("echo begun\nexec sleep 300\n"),
            guest.onFirstOutput(
                () -> guest.deathNotice = Optional.of("The guest shows a kernel panic.")));

    assertFailed(result, "apply", "The guest shows a kernel panic.");
  }

  @Test
  void tellsOfADeathThatShowsAMomentAfterTheConnectionIsLost() throws IOException {
    guest.verifyCommand = Optional.of("echo begun; exec sleep 300");
    Executor soon = CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS);
    Runnable killed =
        () -> {
          guest.server.dropConnections();
          soon.execute(() -> guest.deathNotice = Optional.of("The QEMU process is gone."));
        };

    Pipeline.Result result = guest.run(guest.artifact("true\n"), guest.onFirstOutput(killed));

    assertFailed(result, "verify", "The QEMU process is gone.");
  }

  @Test
  void aHandshakeThatFailsHandsOnWhatTheConsoleShowed() throws IOException {
    guest.server.close();
    guest.console = new ShownConsole("It shows a panic.", true, List.of("one", "two"));

    Pipeline.Result result = guest.run("true\n");

    assertFailed(result, "wait-handshake", "It shows a panic.");
    NotShaken unanswered = result.failure().flatMap(RunFailure::unanswered).orElseThrow();
    assertThat(unanswered.consoleTail()).containsExactly("one", "two");
    assertThat(unanswered.finding().map(Console.Finding::id)).contains("shown");
  }

  @Test
  void neverStartsTheScriptWhenThePayloadChangedAfterItWasHashed() throws IOException {
    Path file = Files.writeString(guest.payload.resolve("file"), "one");
    Artifact artifact = guest.artifact("touch " + guest.folder + "/ran\n");
    Files.writeString(file, "two");

    assertFailed(guest.run(artifact, guest.output), "transfer", "changed after it was hashed");
    assertThat(guest.folder.resolve("ran")).doesNotExist();
    assertThat(guest.journal.calls).doesNotContain("started apply");
  }

  private void assertScriptIsGone() {
    long pid = Long.parseLong(guest.text().strip());
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  private void assertFailed(Pipeline.Result result, String step, String phrase) {
    assertThat(result.status()).isEqualTo(RunStatus.FAILED);
    assertThat(result.failure().orElseThrow().error()).contains(phrase);
    assertThat(guest.journal.calls).endsWith("failed " + step, "failed at " + step);
  }
}
