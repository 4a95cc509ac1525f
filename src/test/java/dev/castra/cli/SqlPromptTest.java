package dev.castra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.castra.operation.RecordedHistory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The prompt of `castra sql` on a real pseudo-terminal, in a process of its own. */
@Timeout(180)
final class SqlPromptTest {
  private static final long LIMIT_SECONDS = 60;
  private static final String PROMPT = "castra> ";

  @TempDir Path folder;
  private Process script;
  private final StringBuilder shown = new StringBuilder();
  private int read;

  @BeforeEach
  void begin() throws IOException, InterruptedException {
    RecordedHistory.in(folder);
    start();
    await(PROMPT);
  }

  private void start() throws IOException {
    String child =
        String.join(
            " ",
            "exec env TERM=xterm",
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1",
            "-Dcastra.terminal=true",
            "-Dcastra.input.terminal=true",
            "-cp",
            "'" + System.getProperty("java.class.path") + "'",
            Main.class.getName(),
            "sql --config",
            "'" + folder + "'");
    script =
        new ProcessBuilder(List.of("script", "-qec", child, "/dev/null"))
            .redirectErrorStream(true)
            .start();
    Thread reader = new Thread(() -> read(script.getInputStream()), "terminal-output");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(InputStream stream) {
    byte[] buffer = new byte[4096];
    try {
      for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
        synchronized (shown) {
          shown.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
          shown.notifyAll();
        }
      }
    } catch (IOException closedByTheEnd) {
      // What was shown before is there.
    }
  }

  /** Waits until the terminal shows this, after all that was awaited before. */
  private String await(String text) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    synchronized (shown) {
      int at = shown.indexOf(text, read);
      while (at < 0) {
        if (System.nanoTime() > end) {
          throw new AssertionError("no `" + text + "` in:\n" + shown);
        }
        shown.wait(50);
        at = shown.indexOf(text, read);
      }
      String until = shown.substring(read, at + text.length());
      read = at + text.length();
      return until;
    }
  }

  private boolean isShownWithin(long milliseconds, String text) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
    synchronized (shown) {
      while (shown.indexOf(text, read) < 0 && System.nanoTime() < end) {
        shown.wait(50);
      }
      return shown.indexOf(text, read) >= 0;
    }
  }

  private void type(String keys) throws IOException {
    OutputStream keyboard = script.getOutputStream();
    keyboard.write(keys.getBytes(StandardCharsets.UTF_8));
    keyboard.flush();
  }

  @AfterEach
  void end() throws InterruptedException {
    script.descendants().forEach(ProcessHandle::destroyForcibly);
    script.destroyForcibly();
    assertThat(script.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private void leavesWith(String keys) throws IOException, InterruptedException {
    type(keys);
    assertThat(script.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(script.exitValue()).as(shown.toString()).isZero();
  }

  @Test
  void aStatementOfSeveralLinesIsAnsweredAndRemembered() throws Exception {
    type("SELECT vm, status\r");
    await("   ...> ");
    type("FROM v_run_history WHERE run_id = 1;\r");
    await("(1 row)");
    await(PROMPT);
    leavesWith("\004");

    Path history = folder.resolve(".castra/sql.history");
    assertThat(Files.readString(history)).contains("FROM v_run_history WHERE run_id = 1;");
    assertThat(Files.getPosixFilePermissions(history))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));

    start();
    await(PROMPT);
    // What the up key of an xterm sends to a line editor.
    type("\033OA");
    await("run_id = 1;");
    type("\r");
    await("(1 row)");
    await(PROMPT);
    leavesWith("\004");
  }

  @Test
  void tabCompletesTablesColumnsAndWords() throws Exception {
    type("sel\tfailed_s\tfrom v_run_h\t;\r");
    await("(");
    assertThat(await(" rows)")).isNotEmpty();
    await(PROMPT);
    leavesWith("\004");
    assertThat(shown.toString()).contains("SELECT", "failed_step", "v_run_history");
  }

  @Test
  void commandsOfThePromptNeedNoSemicolon() throws Exception {
    type(".tables\r");
    await("v_run_history");
    await(" rows)");
    type(".columns v_failures\r");
    await("where it ended, if in a step");
    type(".columns nope\r");
    await("There is no table `nope`");
    type(".help\r");
    await("Ctrl-C stops a statement");
    type(".nope\r");
    await("There is no `.nope`");
    await(PROMPT);
    leavesWith(".quit\r");
  }

  @Test
  void aMistakeIsToldAndThePromptStays() throws Exception {
    type("SELECT nope FROM runs;\r");
    await("castra: The statement cannot be run: Column \"NOPE\" not found.");
    await(PROMPT);
    type("DELETE FROM runs;\r");
    await("is no query");
    await(PROMPT);
    leavesWith("\004");
  }

  @Test
  void controlCStopsAStatementAndDropsWhatWasTyped() throws Exception {
    type("SELECT COUNT(*) FROM SYSTEM_RANGE(1, 100000) a, SYSTEM_RANGE(1, 100000) b");
    type(" WHERE a.x * b.x < 0;\r");
    await("b.x < 0;");
    await("\n");
    // Before the statement runs there is nothing to stop, and a user would press once more.
    boolean stopped = false;
    for (int i = 0; i < 40 && !stopped; i++) {
      type("\003");
      stopped = isShownWithin(500, "The statement was cancelled.");
    }
    assertThat(stopped).as(shown.toString()).isTrue();
    await("cancelled.");
    await(PROMPT);
    type("SELECT dropped");
    await("dropped");
    type("\003");
    await(PROMPT);
    type("SELECT 40 + 2 AS sum;\r");
    await("42\r");
    await(PROMPT);
    leavesWith("\004");
  }
}
