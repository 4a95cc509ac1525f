package dev.castra.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.castra.error.CastraException;
import dev.castra.error.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void tellsHowAProgramEndedAndWhatItSaid() throws Exception {
    Command.Result result = shell("printf 'out ä'; printf err >&2; exit 3", LONG);

    assertThat(result).isEqualTo(new Command.Result(3, "out ä", "err"));
    assertThat(result.succeeded()).isFalse();
    assertThat(shell("exit 0", LONG).succeeded()).isTrue();
  }

  @Test
  void aProgramThatReadsFindsItsInputAtAnEnd() throws Exception {
    assertThat(shell("cat; echo done", LONG).stdout()).isEqualTo("done\n");
  }

  @Test
  void aMissingProgramIsNamed() {
    CastraException missing =
        catchThrowableOfType(
            CastraException.class, () -> Command.run(List.of("no-such-program-4711"), LONG));

    assertThat(missing.code()).isEqualTo(ErrorCode.PROGRAM_MISSING);
    assertThat(missing).hasMessageContaining("`no-such-program-4711`");
  }

  @Test
  void aProgramThatDoesNotEndIsKilled() throws Exception {
    Path pidFile = folder.resolve("pid");

    CastraException late = timeout("echo $$ > '" + pidFile + "'; exec sleep 300");

    assertThat(late.code()).isEqualTo(ErrorCode.IO);
    assertThat(late).hasMessage("`sh` did not end within 500 ms.");
    awaitEnd(Long.parseLong(Files.readString(pidFile).strip()));
  }

  @Test
  void aChildThatKeepsTheOutputOpenDoesNotOutlastTheDeadline() throws Exception {
    Path pidFile = folder.resolve("pid");
    try {
      CastraException late = timeout("sleep 300 & echo $! > '" + pidFile + "'; sleep 0.2");

      assertThat(late).hasMessage("`sh` did not end within 500 ms.");
    } finally {
      ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void muchOutputIsReadAndBounded() throws Exception {
    Command.Result result =
        shell("head -c 3000000 /dev/zero | tr '\\0' x; head -c 3000000 /dev/zero >&2", LONG);

    assertThat(result.exitCode()).isZero();
    assertThat(result.stdout()).hasSize(1 << 20).matches("x+");
    assertThat(result.stderr()).hasSize(1 << 20);
  }

  @Test
  void findsAProgramOnThePathGiven() throws Exception {
    Path program = Files.createFile(folder.resolve("tool"));
    String path = "/nowhere:" + folder + ":/bin";

    assertThat(Command.find("tool", path)).isEmpty();
    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThat(Command.find("tool", path)).contains(program);
    assertThat(Command.find("tool", "/nowhere")).isEmpty();
    assertThat(Command.find(folder.getFileName().toString(), folder.resolveSibling("").toString()))
        .isEmpty();
  }

  private static CastraException timeout(String script) {
    CastraException late =
        catchThrowableOfType(CastraException.class, () -> shell(script, Duration.ofMillis(500)));
    assertThat(late).isNotNull();
    return late;
  }

  private static void awaitEnd(long pid) throws InterruptedException {
    Deadline deadline = Deadline.after(Ticker.system(), LONG);
    Backoff backoff = Backoff.standard();
    while (ProcessIdentity.of(pid).isPresent()) {
      assertThat(deadline.passed()).as("process %s lives on", pid).isFalse();
      backoff.pause(deadline);
    }
  }

  private static Command.Result shell(String script, Duration limit) throws InterruptedException {
    return Command.run(List.of("sh", "-c", script), limit);
  }
}
