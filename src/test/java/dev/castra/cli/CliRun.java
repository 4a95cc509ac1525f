package dev.castra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One castra in this JVM, from its arguments to its exit code. */
record CliRun(int exitCode, String out, String err) {
  private static final Logger ROOT = Logger.getLogger("");

  static CliRun castra(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    @Nullable Level level = ROOT.getLevel();
    try {
      int exitCode = Main.run(arguments, console(out, err));
      return new CliRun(
          exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      ROOT.setLevel(level);
    }
  }

  /** No terminal, no colour. */
  static Console console(ByteArrayOutputStream out, ByteArrayOutputStream err) {
    return new Console(
        new PrintStream(out, false, StandardCharsets.UTF_8),
        new PrintStream(err, false, StandardCharsets.UTF_8),
        false,
        false);
  }

  /** A command line to ask about, whose commands are never run. */
  static picocli.CommandLine parser() {
    return CastraCommand.line(console(new ByteArrayOutputStream(), new ByteArrayOutputStream()));
  }

  /** Refused with this exit code, a message with a hint on stderr, and nothing on stdout. */
  void isRefused(int code, String message) {
    assertThat(exitCode).as("exit code; stderr: %s", err).isEqualTo(code);
    assertThat(out).as("stdout").isEmpty();
    List<String> lines = err.lines().toList();
    assertThat(lines).as("stderr").hasSizeGreaterThanOrEqualTo(2);
    assertThat(lines.get(0)).startsWith("castra: ");
    assertThat(err).contains(message).doesNotContain("\tat ", "defect in Castra");
    assertThat(lines.get(lines.size() - 1)).as("the hint").matches("  \\S.*\\.");
  }

  /** Done, with nothing on stderr. */
  CliRun isDone() {
    assertThat(err).isEmpty();
    assertThat(exitCode).isZero();
    return this;
  }
}
