package dev.castra.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.guest.ProcessMark;
import dev.castra.run.RunStatus;
import dev.castra.run.Trigger;
import dev.castra.vm.DiskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that finds what the run before it, whose castra died or was cancelled, left behind. */
@Timeout(120)
final class TakenOverRunTest {
  private PipelineGuest guest;
  private Path starts;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    guest = new PipelineGuest(folder.toRealPath());
    starts = guest.folder.resolve("starts");
  }

  @AfterEach
  void stop() {
    guest.close();
  }

  @Test
  void goesOnWithAScriptThatEndedWellAndVerifiesItWithItsVariables() throws IOException {
    // As if castra had been killed just before it recorded the end.
    runScript();
    Path firstFolder = guest.runFolder();
    assertThat(firstFolder.resolve("env.sh")).doesNotExist();
    guest.verifyCommand = Optional.of("test -n \"$TOKEN\"");

    assertThat(runNext().status()).isEqualTo(RunStatus.SUCCESS);
    assertThat(starts).hasContent("x");
    assertThat(firstFolder).isDirectory();
    assertThat(firstFolder.resolve("env.sh")).doesNotExist();
  }

  @Test
  void goesOnAfterTheNextCastraDiedToo() throws IOException {
    runScript();
    guest.resumable = List.of(guest.attempt);
    // The second one died before it had done anything in the guest.
    guest.attempt = UUID.randomUUID();

    assertThat(runNext().status()).isEqualTo(RunStatus.SUCCESS);
    assertThat(starts).hasContent("x");
  }

  @Test
  void beginsAnewWhereTheScriptWasStoppedHoweverItTookThat() throws IOException {
    Pipeline.Result cancelled =
        guest.run(
            guest.artifact(script("trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done")),
            guest.onFirstOutput(() -> guest.cancelled = Optional.of("interrupted")));
    assertThat(cancelled.status()).isEqualTo(RunStatus.INTERRUPTED);
    assertThat(guest.runFolder().resolve("exit")).hasContent("143");
    guest.cancelled = Optional.empty();

    assertThat(runNext().status()).isEqualTo(RunStatus.SUCCESS);
    assertThat(starts).hasContent("x\nx");
  }

  @Test
  void takesNoScriptThatEndedForAFullRun() throws IOException {
    runScript();
    guest.trigger = Trigger.ALWAYS;

    assertThat(runNext().status()).isEqualTo(RunStatus.SUCCESS);
    assertThat(starts).hasContent("x\nx");
  }

  @Test
  void goesOnWithAScriptThatStillRunsEvenForAFullRun() throws IOException {
    Path end = guest.folder.resolve("end");
    String waiting = script("echo up; while [ ! -e '" + end + "' ]; do sleep 0.1; done");
    guest.resumable = List.of(guest.attempt);
    abandon(waiting);
    guest.trigger = Trigger.ALWAYS;

    Pipeline.Result result =
        guest.run(
            guest.artifact(waiting),
            guest.onFirstOutput(() -> assertThat(end.toFile().mkdir()).isTrue()));

    assertThat(result.status()).isEqualTo(RunStatus.SUCCESS);
    assertThat(starts).hasContent("x");
  }

  @Test
  void stopsAScriptThatRunsUnderAnEarlierRemoteDir() throws IOException {
    Path folder = abandon(script("echo up; exec sleep 600"));
    guest.remoteDir = guest.folder.resolve("elsewhere");

    assertThat(guest.run(script("true")).status()).isEqualTo(RunStatus.SUCCESS);
    assertThat(folder).doesNotExist();
    assertThat(processesOf(folder)).isEmpty();
  }

  @Test
  void leavesAnotherProjectsScriptOnTheSameMachineAlone() throws IOException {
    Path folder = abandon(script("echo up; exec sleep 600"));
    guest.disk = DiskId.fresh();

    assertThat(guest.run(script("true")).status()).isEqualTo(RunStatus.SUCCESS);
    assertThat(folder).isDirectory();
    assertThat(processesOf(folder)).isNotEmpty();
  }

  @Test
  void clearsAwayWhatACastraWasKilledRemoving() throws IOException {
    runScript();
    Path half = guest.runFolder().resolveSibling(guest.attempt + ".gone");
    Files.move(guest.runFolder(), half);

    assertThat(runNext().status()).isEqualTo(RunStatus.SUCCESS);
    assertThat(starts).hasContent("x\nx");
    assertThat(half).doesNotExist();
  }

  @Test
  void startsNothingBesideAScriptThatOutlivesItsStop() throws IOException {
    abandon(script("echo up; exec sleep 600"));
    // The guest gets its control script on stdin.
    guest.replaceProgram("cat", "printf 'kill() { :; }\\n'; exec /bin/cat");

    startsNothing("it goes on in spite of SIGKILL.");
  }

  @Test
  void startsNothingBesideAScriptThatCannotBeStopped() throws IOException {
    abandon(script("echo up; exec sleep 600"));
    guest.replaceProgram("cat", "exit 1");

    startsNothing("cannot be stopped");
  }

  private void startsNothing(String why) throws IOException {
    Pipeline.Result result = guest.run(script("true"));

    assertThat(result.failure().orElseThrow().error())
        .startsWith("The script of an earlier run in `" + guest.folder)
        .contains("could not be stopped: ", why);
    assertThat(guest.journal.calls).endsWith("failed connect", "failed at connect");
    assertThat(starts).hasContent("x");
  }

  /**
   * As if castra had been killed when the script, which goes on, said something.
   *
   * @return its run folder
   */
  private Path abandon(String script) throws IOException {
    Path folder = guest.runFolder();
    guest.run(
        guest.artifact(script), guest.onFirstOutput(() -> guest.deathNotice = Optional.of("gone")));
    guest.deathNotice = Optional.empty();
    guest.attempt = UUID.randomUUID();
    return folder;
  }

  private static List<ProcessHandle> processesOf(Path folder) {
    return new ProcessMark("CASTRA_RUN_DIR", folder.toString()).alive();
  }

  private void runScript() throws IOException {
    assertThat(guest.run(script("true")).status()).isEqualTo(RunStatus.SUCCESS);
  }

  private Pipeline.Result runNext() throws IOException {
    List<UUID> attempts = new ArrayList<>(guest.resumable);
    attempts.add(0, guest.attempt);
    guest.resumable = attempts;
    guest.attempt = UUID.randomUUID();
    return guest.run(script("exit 9"));
  }

  /** Counts its starts; does {@code first} at the first one and nothing later. */
  private String script(String first) {
    return "echo x >>%s\nif [ \"$(cat %s)\" = x ]; then %s; fi\n".formatted(starts, starts, first);
  }
}
